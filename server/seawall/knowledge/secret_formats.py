"""What vendors' tokens look like, so that they are recognised wherever they stand. Adding a vendor is adding a row."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """A form that a vendor gives its tokens."""

    name: str
    """What a message calls it."""
    mark: str
    """A text that every such token has, asked for first since that is cheap."""
    pattern: str
    source: str
    """Where the vendor describes it."""


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_GITHUB = (
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"
)
_GITLAB = "https://docs.gitlab.com/security/tokens/"
_STRIPE = "https://docs.stripe.com/keys"
_SLACK = "https://docs.slack.dev/authentication/tokens"
_SQUARE = "https://developer.squareup.com/docs/build-basics/access-tokens"
_GOOGLE = "https://cloud.google.com/docs/authentication"
_SUPABASE = "https://supabase.com/docs/guides/getting-started/api-keys"
_OPENAI = "https://platform.openai.com/docs/api-reference/authentication"

# No example values: the vendors' documentation uses other texts.
FORMATS: tuple[Format, ...] = (
    # cloud providers
    Format("AWS access key", "AKIA", r"\bAKIA[A-Z2-7]{16}\b", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"),
    Format("AWS temporary key", "ASIA", r"\bASIA[A-Z2-7]{16}\b", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"),
    Format("Azure storage key", "AccountKey=", r"\bAccountKey=[A-Za-z0-9+/]{86}==", "https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage"),
    Format("Azure service bus key", "SharedAccessKey=", r"\bSharedAccessKey=[A-Za-z0-9+/]{43}=", "https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas"),
    Format("Azure client secret", "Q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])", "https://learn.microsoft.com/purview/sit-defn-azure-ad-client-secret"),
    Format("Azure DevOps token", "AZDO", r"\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b", "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"),
    Format("Google API key", "AIza", r"\bAIza[\w-]{35}(?![\w-])", f"{_GOOGLE}/api-keys"),
    Format("Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[\w-]{28}(?![\w-])", "https://developers.google.com/identity/protocols/oauth2"),
    Format("Google access token", "ya29.", r"\bya29\.[\w-]{60,}", "https://developers.google.com/identity/protocols/oauth2"),
    Format("Google refresh token", "1//0", r"\b1//0[\w-]{60,}", "https://developers.google.com/identity/protocols/oauth2"),
    Format("DigitalOcean token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}\b", "https://docs.digitalocean.com/reference/api/create-personal-access-token/"),
    Format("Alibaba Cloud key", "LTAI", r"\bLTAI[A-Za-z0-9]{16,24}\b", "https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair"),
    Format("Tencent Cloud key", "AKID", r"\bAKID[A-Za-z0-9]{32}\b", "https://www.tencentcloud.com/document/api/1016/35021"),
    Format("Yandex Cloud key", "AQVN", r"\bAQVN[\w-]{35,38}(?![\w-])", "https://yandex.cloud/en/docs/iam/concepts/authorization/api-key"),
    Format("Cloudflare origin key", "v1.0-", r"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b", "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/"),
    Format("Heroku key", "HRKU-", r"\bHRKU-AA[\w-]{58}(?![\w-])", "https://devcenter.heroku.com/articles/authentication"),
    Format("Fly.io token", "FlyV1", r"\bFlyV1 fm[12][ar]?_[A-Za-z0-9+/=_-]{60,}", "https://fly.io/docs/security/tokens/"),
    Format("Netlify token", "nfp_", r"\bnfp_[A-Za-z0-9_]{36}\b", "https://docs.netlify.com/api/get-started/"),
    Format("Terraform token", ".atlasv1.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}", "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens"),
    Format("Vault token", "hv", r"\bhv[sbr]\.[\w-]{80,}", "https://developer.hashicorp.com/vault/docs/concepts/tokens"),
    Format("Pulumi token", "pul-", r"\bpul-[a-f0-9]{40}\b", "https://www.pulumi.com/docs/administration/access-identity/access-tokens/"),
    Format("Doppler token", "dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}", "https://docs.doppler.com/reference/auth-token-formats"),
    Format("1Password token", "ops_eyJ", r"\bops_eyJ[A-Za-z0-9+/=_-]{200,}", "https://developer.1password.com/docs/service-accounts/"),
    # code hosts, registries, build services
    Format("GitHub token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{36,251}\b", _GITHUB),
    Format("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b", _GITHUB),
    Format("GitLab token", "gl", r"\bgl(?:pat|dt|rt|rtr|ptt|soat|cbt|oas|imt|agent|ft|ffct|wt)-[A-Za-z0-9_-]{20,}", _GITLAB),
    Format("Atlassian token", "ATATT3", r"\bATATT3[A-Za-z0-9_=-]{180,}", "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/"),
    Format("Bitbucket password", "ATBB", r"\bATBB[A-Za-z0-9]{32}\b", "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/"),
    Format("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b", "https://docs.npmjs.com/about-access-tokens"),
    Format("PyPI token", "pypi-AgEI", r"\bpypi-AgEI[\w-]{50,}", "https://pypi.org/help/#apitoken"),
    Format("RubyGems key", "rubygems_", r"\brubygems_[a-f0-9]{48}\b", "https://guides.rubygems.org/api-key-scopes/"),
    Format("crates.io token", "cio", r"\bcio[A-Za-z0-9]{32}\b", "https://doc.rust-lang.org/cargo/reference/publishing.html"),
    Format("Docker token", "dckr_", r"\bdckr_[po]at_[\w-]{27,32}(?![\w-])", "https://docs.docker.com/security/access-tokens/"),
    Format("Buildkite token", "bk", r"\bbk(?:ua|aa|aj)_[A-Za-z0-9]{40,}\b", "https://buildkite.com/docs/platform/security/tokens"),
    Format("CircleCI token", "CCIP", r"\bCCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[a-f0-9]{40}\b", "https://circleci.com/docs/managing-api-tokens/"),
    Format("SonarQube token", "sq", r"\bsq[apu]_[a-f0-9]{40}\b", "https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens"),
    Format("Sourcegraph token", "sgp_", r"\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}\b", "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token"),
    # chat
    Format("Slack token", "xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}", _SLACK),
    Format("Slack token", "xapp-", r"\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}", _SLACK),
    Format("Slack webhook", "hooks.slack.com/", r"https://hooks\.slack\.com/(?:services|workflows|triggers)/T[A-Z0-9]{8,}/[A-Za-z0-9]{8,}/[A-Za-z0-9]{16,}", "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"),
    Format("Discord webhook", "/api/webhooks/", r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,}", "https://discord.com/developers/docs/resources/webhook"),
    Format("Discord bot token", ".", r"\b[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])", "https://discord.com/developers/docs/reference"),
    Format("Telegram bot token", ":AA", r"\b\d{8,10}:AA[\w-]{33}(?![\w-])", "https://core.telegram.org/bots/api"),
    Format("Teams webhook", ".webhook.office.com/", rf"https://[\w-]+\.webhook\.office\.com/webhookb2/{_UUID}@{_UUID}/\S{{30,}}", "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook"),
    Format("Google Chat webhook", "chat.googleapis.com/", r"https://chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?key=[\w-]+&token=[\w%-]+", "https://developers.google.com/workspace/chat/quickstart/webhooks"),
    # payment
    Format("Stripe key", "k_live_", r"\b[rs]k_live_[A-Za-z0-9]{16,}", _STRIPE),
    Format("webhook secret", "whsec_", r"\bwhsec_[A-Za-z0-9+/]{24,}", "https://docs.stripe.com/webhooks"),
    Format("Square token", "EAAA", r"\bEAAA[\w-]{60}(?![\w-])", _SQUARE),
    Format("Square secret", "sq0", r"\bsq0(?:csp|atp)-[\w-]{22,43}(?![\w-])", _SQUARE),
    Format("Braintree token", "access_token$", r"\baccess_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}\b", "https://developer.paypal.com/braintree/docs/"),
    Format("Flutterwave key", "FLWSECK-", r"\bFLWSECK-[a-z0-9]{32}-X\b", "https://developer.flutterwave.com/docs/authentication"),
    Format("Paddle key", "pdl_", r"\bpdl_(?:live_)?apikey_[a-z\d]{26}_[A-Za-z\d]{22}_[A-Za-z\d]{3}\b", "https://developer.paddle.com/api-reference/about/api-keys"),
    Format("Plaid token", "access-production-", rf"\baccess-production-{_UUID}\b", "https://plaid.com/docs/api/accounts/"),
    # mail and messages
    Format("SendGrid key", "SG.", r"\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])", "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"),
    Format("Mailgun key", "key-", r"\bkey-[a-f0-9]{32}\b", "https://documentation.mailgun.com/docs/mailgun/api-reference/authentication/"),
    Format("Mailchimp key", "-us", r"\b[a-f0-9]{32}-us\d{1,2}\b", "https://mailchimp.com/developer/marketing/docs/fundamentals/"),
    Format("Resend key", "re_", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b", "https://resend.com/docs/dashboard/api-keys/introduction"),
    Format("Brevo key", "xkeysib-", r"\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b", "https://developers.brevo.com/docs/getting-started"),
    Format("Brevo key", "xsmtpsib-", r"\bxsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b", "https://developers.brevo.com/docs/getting-started"),
    Format("MailerSend token", "mlsn.", r"\bmlsn\.[a-f0-9]{64}\b", "https://developers.mailersend.com/general.html"),
    Format("Twilio key", "SK", r"\bSK[a-f0-9]{32}\b", "https://www.twilio.com/docs/iam/api-keys"),
    # language models
    Format("OpenAI key", "sk-", r"\bsk-(?:proj|svcacct|service|admin)-[\w-]{40,}", _OPENAI),
    Format("OpenAI key", "T3BlbkFJ", r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b", _OPENAI),
    Format("Anthropic key", "sk-ant-", r"\bsk-ant-(?:api|admin|oat)\d\d-[\w-]{80,}", "https://docs.claude.com/en/api/overview"),
    Format("OpenRouter key", "sk-or-v1-", r"\bsk-or-v1-[a-f0-9]{64}\b", "https://openrouter.ai/docs/api-reference/authentication"),
    Format("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{34,}\b", "https://huggingface.co/docs/hub/security-tokens"),
    Format("Replicate token", "r8_", r"\br8_[\w-]{37}(?![\w-])", "https://replicate.com/docs/topics/security/api-tokens"),
    Format("Groq key", "gsk_", r"\bgsk_[A-Za-z0-9]{52}\b", "https://console.groq.com/docs/quickstart"),
    Format("Perplexity key", "pplx-", r"\bpplx-[A-Za-z0-9]{48}\b", "https://docs.perplexity.ai/getting-started/quickstart"),
    Format("xAI key", "xai-", r"\bxai-[A-Za-z0-9_]{80}\b", "https://docs.x.ai/docs/tutorial"),
    Format("NVIDIA key", "nvapi-", r"\bnvapi-[\w-]{60,70}(?![\w-])", "https://docs.nvidia.com/ngc/latest/ngc-user-guide.html"),
    Format("LangSmith key", "lsv2_", r"\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}\b", "https://docs.langchain.com/langsmith/create-account-api-key"),
    Format("Langfuse key", "sk-lf-", rf"\bsk-lf-{_UUID}\b", "https://langfuse.com/docs/api"),
    Format("Pinecone key", "pcsk_", r"\bpcsk_[A-Za-z0-9_]{60,}", "https://docs.pinecone.io/guides/projects/manage-api-keys"),
    Format("Databricks token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b", "https://docs.databricks.com/aws/en/dev-tools/auth/pat"),
    # observability and flags
    Format("Sentry token", "sntry", r"\bsntry[su]_[A-Za-z0-9+/=_]{60,}", "https://docs.sentry.io/account/auth-tokens/"),
    Format("Grafana token", "gl", r"\bgl(?:sa|c)_[A-Za-z0-9+/=_]{32,}", "https://grafana.com/docs/grafana/latest/administration/service-accounts/"),
    Format("New Relic key", "NRAK-", r"\bNRAK-[A-Z0-9]{27}\b", "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"),
    Format("Dynatrace token", "dt0", r"\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b", "https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication"),
    Format("PostHog key", "phx_", r"\bphx_[A-Za-z0-9]{43,48}\b", "https://posthog.com/docs/api"),
    Format("Logfire token", "pylf_v", r"\bpylf_v\d_(?:us|eu)_[A-Za-z0-9]{40,}\b", "https://pydantic.dev/docs/logfire/manage/create-write-tokens/"),
    Format("Axiom token", "xaat-", rf"\bxaat-{_UUID}\b", "https://axiom.co/docs/reference/tokens"),
    Format("LaunchDarkly key", "sdk-", rf"\bsdk-{_UUID}\b", "https://launchdarkly.com/docs/home/account/api"),
    Format("Prefect key", "pn", r"\bpn[ub]_[A-Za-z0-9]{36}\b", "https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys"),
    # databases as a service
    Format("PlanetScale token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}", "https://planetscale.com/docs/concepts/service-tokens"),
    Format("Supabase token", "sbp_", r"\bsbp_[a-f0-9]{40}\b", _SUPABASE),
    Format("Supabase key", "sb_secret_", r"\bsb_secret_[\w-]{31,}", _SUPABASE),
    Format("Aiven password", "AVNS_", r"\bAVNS_[\w-]{19}(?![\w-])", "https://aiven.io/docs/platform/concepts/authentication-tokens"),
    Format("CockroachDB key", "CCDB1_", r"\bCCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}\b", "https://www.cockroachlabs.com/docs/cockroachcloud/managing-access"),
    Format("MongoDB Atlas secret", "mdb_sa_sk_", r"\bmdb_sa_sk_[\w-]{40}(?![\w-])", "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"),
    # other services
    Format("Shopify token", "shp", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b", "https://shopify.dev/docs/apps/build/authentication-authorization"),
    Format("Linear key", "lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{40,64}\b", "https://linear.app/developers/graphql"),
    Format("Notion token", "ntn_", r"\bntn_[A-Za-z0-9]{40,50}\b", "https://developers.notion.com/docs/authorization"),
    Format("Figma token", "figd_", r"\bfigd_[\w-]{40,}", "https://developers.figma.com/docs/rest-api/authentication/"),
    Format("Airtable token", "pat", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b", "https://airtable.com/developers/web/guides/personal-access-tokens"),
    Format("HubSpot token", "pat-", rf"\bpat-(?:na|eu|ap)\d-{_UUID}\b", "https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    Format("Typeform token", "tfp_", r"\btfp_[\w-]{40,}", "https://www.typeform.com/developers/get-started/personal-access-token/"),
    Format("Contentful token", "CFPAT-", r"\bCFPAT-[\w-]{43}(?![\w-])", "https://www.contentful.com/developers/docs/references/authentication/"),
    Format("ClickUp token", "pk_", r"\bpk_\d{5,12}_[A-Z0-9]{32}\b", "https://developer.clickup.com/docs/authentication"),
    Format("Postman key", "PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b", "https://learning.postman.com/docs/developer/postman-api/authentication/"),
    Format("Mapbox secret token", "sk.eyJ", r"\bsk\.eyJ[\w-]{40,}\.[\w-]{20,}", "https://docs.mapbox.com/help/dive-deeper/access-tokens/"),
    Format("Dropbox token", "sl.", r"\bsl\.(?:u\.)?[\w-]{130,}", "https://www.dropbox.com/developers/reference/auth-types"),
    Format("Zapier webhook", "hooks.zapier.com/", r"https://hooks\.zapier\.com/hooks/catch/\d{4,}/\w{5,}", "https://help.zapier.com/hc/en-us/articles/8496288690317"),
    Format("EasyPost key", "EZAK", r"\bEZAK[A-Za-z0-9]{54}\b", "https://docs.easypost.com/docs/authentication"),
    # forms of no vendor
    Format("private key", "PRIVATE KEY", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*(?:\\n)?[A-Za-z0-9+/=\\\s:,-]{40,}", "https://www.rfc-editor.org/rfc/rfc7468"),
    Format("age secret key", "AGE-SECRET-KEY-1", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b", "https://github.com/C2SP/C2SP/blob/main/age.md"),
    Format("JSON Web Token", "eyJ", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}", "https://www.rfc-editor.org/rfc/rfc7519"),
)  # fmt: skip

DOCUMENTED = (
    "EXAMPLE",  # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",  # https://www.jwt.io/introduction
    "4eC39HqLyjWDarjtT1zdp7dc",  # https://docs.stripe.com/keys
    "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",  # https://core.telegram.org/bots/api
    "MTk4NjIyNDgzNDcxOTI1MjQ4.",  # https://discord.com/developers/docs/reference
    "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",  # https://cloud.google.com/docs/authentication/api-keys
    "ngeVfQFYQlKU0ufo8x5d1A.",  # https://www.twilio.com/docs/sendgrid
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",  # https://learn.microsoft.com/azure/storage/common/storage-use-azurite
)
"""Examples that vendors print in their documentation, and keys of emulators: everybody knows them."""
