from django import forms

from catalog.models import Review


class SearchForm(forms.Form):
    words = forms.CharField(max_length=100)
    year = forms.IntegerField(required=False)


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["stars", "text"]
