"""How other systems are reached: endpoints, external resources, authentication, catalogs."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from .parts import MeaningMark, Part, SentText, either, exactly_one


class SecretReference(Part):
    """The name of a secret that holds the fields of an authentication."""

    use: str = Field(min_length=1)
    """Name of a secret under `use.secrets`."""


class BasicFields(Part):
    """User name and password, for basic and digest authentication."""

    username: SentText
    """Who asks."""

    password: SentText
    """What proves it. Better an expression on `$secrets` than the password itself."""


class BearerFields(Part):
    """A token that is sent as it is."""

    token: SentText
    """The token. Better an expression on `$secrets` than the token itself."""


class OAuth2Client(Part):
    """The client that asks for a token."""

    id: SentText | None = None
    """Its id; needed unless `authentication` is `none`."""

    secret: SentText | None = None
    """Its secret. Better an expression on `$secrets` than the secret itself."""

    assertion: SentText | None = None
    """A signed JWT, for `private_key_jwt`."""

    authentication: Literal[
        "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"
    ] = "client_secret_post"
    """How the client proves who it is."""


class OAuth2Request(Part):
    """How the token is asked for."""

    encoding: Literal["application/x-www-form-urlencoded", "application/json"] = (
        "application/x-www-form-urlencoded"
    )
    """How the body of the request is written."""


class OAuth2Token(Part):
    """A token that stands for somebody, in a token exchange."""

    token: SentText
    """The token."""

    type: SentText
    """Its type, as a URI."""


class OAuth2Endpoints(Part):
    """Where the authority answers, relative to it."""

    token: str = "/oauth2/token"  # noqa: S105 - a path
    """Where tokens are given out."""

    revocation: str = "/oauth2/revoke"
    """Where tokens are made invalid."""

    introspection: str = "/oauth2/introspect"
    """Where tokens are explained."""


class OidcFields(Part):
    """What an OpenID Connect token is asked for with."""

    authority: SentText
    """Address of the authority that gives tokens out."""

    grant: Literal[
        "authorization_code",
        "client_credentials",
        "password",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]
    """What the token is given for."""

    client: OAuth2Client | None = None
    """The client that asks."""

    request: OAuth2Request | None = None
    """How it is asked for."""

    issuers: list[SentText] = Field(default_factory=list[str])
    """Whose tokens are accepted; any when there is none."""

    scopes: list[SentText] = Field(default_factory=list[str])
    """What the token is to allow."""

    audiences: list[SentText] = Field(default_factory=list[str])
    """Who is to accept the token."""

    username: SentText | None = None
    """User name, for the grant `password`."""

    password: SentText | None = None
    """Password, for the grant `password`."""

    subject: OAuth2Token | None = None
    """Who is acted for, in a token exchange."""

    actor: OAuth2Token | None = None
    """Who acts, in a token exchange."""


class OAuth2Fields(OidcFields):
    """What an OAuth 2 token is asked for with."""

    endpoints: OAuth2Endpoints | None = None
    """Where the authority answers; the standard's paths when nothing is said."""


def _fields_or_secret(value: Any) -> str:
    if isinstance(value, SecretReference):
        return "secret"
    return "secret" if isinstance(value, dict) and "use" in value else "fields"


_Secret: TypeAlias = Annotated[SecretReference, Tag("secret")]

Basic: TypeAlias = Annotated[
    Annotated[BasicFields, Tag("fields")] | _Secret, Discriminator(_fields_or_secret)
]
"""User name and password, or the secret that holds them."""

Bearer: TypeAlias = Annotated[
    Annotated[BearerFields, Tag("fields")] | _Secret, Discriminator(_fields_or_secret)
]
"""A token, or the secret that holds it."""

OAuth2: TypeAlias = Annotated[
    Annotated[OAuth2Fields, Tag("fields")] | _Secret, Discriminator(_fields_or_secret)
]
"""How a token is asked for, or the secret that says it."""

Oidc: TypeAlias = Annotated[
    Annotated[OidcFields, Tag("fields")] | _Secret, Discriminator(_fields_or_secret)
]
"""How a token is asked for, or the secret that says it."""

_SCHEMES = ("use", "basic", "bearer", "digest", "oauth2", "oidc")


class Authentication(Part):
    """Exactly one scheme, or the name of one under `use.authentications`."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*_SCHEMES))

    use: str | None = Field(default=None, min_length=1)
    """Name of a policy under `use.authentications`."""

    basic: Basic | None = None
    """User name and password, sent as they are."""

    bearer: Bearer | None = None
    """A token, sent as it is."""

    digest: Basic | None = None
    """User name and password, never sent themselves."""

    oauth2: OAuth2 | None = None
    """A token from an OAuth 2 authority; kept in the worker as long as it holds."""

    oidc: Oidc | None = None
    """A token from an OpenID Connect authority, whose addresses it tells itself."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "Authentication":
        if len(self.model_fields_set) != 1:
            raise ValueError(
                "an authentication has exactly one of `use`, `basic`, `bearer`, `digest`, "
                "`oauth2` and `oidc`"
            )
        return self


Address: TypeAlias = Annotated[
    SentText,
    MeaningMark("address"),
    Field(min_length=1, examples=["https://api.example.com/pets/{petId}"]),
]
"""A URI template, or an expression that gives an address."""


class EndpointObject(Part):
    """An address, and who calls it."""

    uri: Address
    """A URI template such as `https://api.example.com/pets/{petId}`, or an expression."""

    authentication: Authentication | None = None
    """Who calls it."""


Endpoint: TypeAlias = Annotated[
    Annotated[EndpointObject, Tag("object")] | Annotated[Address, Tag("text")],
    either("an address as text, or an object with `uri`"),
]
"""An address: a URI template, an expression, or an object."""


class ExternalResource(Part):
    """Something that is fetched from somewhere."""

    name: str | None = None
    """What to call it."""

    endpoint: Endpoint
    """Where it is."""


class Catalog(Part):
    """A place with functions that definitions may call."""

    endpoint: Endpoint
    """Its root. A function lies at `functions/{name}/{version}/function.yaml` below it."""
