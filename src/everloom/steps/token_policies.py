"""What does a definition say about its tokens? The fields of `oauth2` and `oidc`, checked."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from everloom.flow import Fault, Json, step_fault

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a name of RFC 8693

Grant = Literal[
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange",
]
ClientAuthentication = Literal[
    "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Client(_Part):
    """Who asks for the token."""

    id: str | None = None
    secret: str | None = None
    assertion: str | None = None
    authentication: ClientAuthentication = "client_secret_post"


class TokenRequest(_Part):
    """How it is asked for."""

    encoding: Literal["application/x-www-form-urlencoded", "application/json"] = (
        "application/x-www-form-urlencoded"
    )


class Endpoints(_Part):
    """Where it is asked for, below the authority."""

    token: str = "/oauth2/token"  # noqa: S105 - a path
    revocation: str = "/oauth2/revoke"
    introspection: str = "/oauth2/introspect"


class GivenToken(_Part):
    """A token that stands for somebody."""

    token: str
    type: str


class TokenPolicy(_Part):
    """How a token is got."""

    scheme: Literal["oauth2", "oidc"]
    authority: str
    grant: Grant
    client: Client = Client()
    request: TokenRequest = TokenRequest()
    endpoints: Endpoints = Endpoints()
    issuers: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    username: str | None = None
    password: str | None = None
    subject: GivenToken | None = None
    actor: GivenToken | None = None


def token_policy(scheme: str, fields: Mapping[str, Json]) -> TokenPolicy:
    """The policy that the fields describe.

    Raises:
        Fault: They do not fit, or the grant cannot work in a machine.
    """
    try:
        policy = TokenPolicy.model_validate({**fields, "scheme": scheme})
    except ValidationError as error:
        # What was found is not repeated: it may be a secret that stands in the wrong field.
        wrong = {".".join(str(part) for part in each["loc"]) for each in error.errors()}
        raise unusable_policy(f"`{scheme}` is not right at {', '.join(sorted(wrong))}.") from None
    lacking = _lacking(policy)
    if lacking is not None:
        raise unusable_policy(lacking)
    return policy


def unusable_policy(detail: str) -> Fault:
    """The fault of a policy that no token can be got with."""
    return step_fault("configuration", title="Authentication not usable", detail=detail)


def _lacking(policy: TokenPolicy) -> str | None:
    """What a policy lacks for its grant and its way to authenticate the client."""
    client = policy.client
    needs = {
        "`authorization_code` needs a person at a browser, and a workflow has none: use another"
        " grant, for example `client_credentials`.": policy.grant == "authorization_code",
        "The grant `password` needs `username` and `password`.": policy.grant == "password"
        and (policy.username is None or policy.password is None),
        f"The grant `{policy.grant}` needs a `subject` that holds the token.": policy.grant
        in {"refresh_token", TOKEN_EXCHANGE}
        and policy.subject is None,
        "`client.id` is missing.": client.id is None
        and client.authentication not in {"none", "client_secret_post"},
        f"`{client.authentication}` needs `client.secret`.": client.secret is None
        and client.authentication in {"client_secret_basic", "client_secret_jwt"},
        "`private_key_jwt` needs `client.assertion`.": client.assertion is None
        and client.authentication == "private_key_jwt",
    }
    return next((said for said, lacks in needs.items() if lacks), None)
