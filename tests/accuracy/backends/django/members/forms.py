from django import forms

from members.models import Guest


class GuestForm(forms.Form):
    email = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput)
    password_again = forms.CharField(widget=forms.PasswordInput)

    def clean(self) -> dict[str, str]:
        data = super().clean()
        if data["password"] != data["password_again"]:
            raise forms.ValidationError("The passwords differ")
        return data


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Guest
        fields = ["name"]
