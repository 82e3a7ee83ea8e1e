"""The service's official SDK for Python (auth0-python on PyPI) against a server on loopback.

    python3 tests/sdk_python.py ADDRESS TOKEN
"""

import sys

import httpx
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from auth0.management.errors import BadRequestError, ConflictError, NotFoundError, UnauthorizedError

ADDRESS, TOKEN = sys.argv[1:]
HOME, WORK = "123 Main Street, Anytown, ST 12345", "100 Industrial Way, Anytown, ST 12345"


class Loopback(httpx.HTTPTransport):
    """The SDK speaks HTTPS to a domain. Here the same requests go to the server under test."""

    def handle_request(self, request):
        host, port = ADDRESS.split(":")
        assert request.url.scheme == "https" and request.url.host == "tenant.example.com", request.url
        request.url = request.url.copy_with(scheme="http", host=host, port=int(port))
        return super().handle_request(request)


def connect(token):
    return ManagementClient(domain="tenant.example.com", token=token, httpx_client=httpx.Client(transport=Loopback()))


def refused(kind, status, contains, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except kind as error:
        assert error.status_code == status and contains in str(error.body), error
    else:
        raise AssertionError(f"not refused: {arguments} {named}")


def metadata(user):
    return user.user_metadata, user.app_metadata


def users(api):
    connection = "Username-Password-Authentication"
    created = api.users.create(
        connection=connection, email="py.jane@example.com", password="secret", user_metadata={"hobby": "surfing"}, app_metadata={"plan": "full"}
    )
    assert created.email == "py.jane@example.com" and metadata(created) == ({"hobby": "surfing"}, {"plan": "full"}), created
    assert "secret" not in str(api.users.get(created.user_id))
    update = lambda **body: metadata(api.users.update(created.user_id, **body))
    both = {"home": HOME, "work": WORK}
    steps = [
        # The page's steps, then what it says in words.
        (dict(user_metadata={"addresses": {"home": HOME}}), {"hobby": "surfing", "addresses": {"home": HOME}}, {"plan": "full"}),
        (dict(user_metadata={"addresses": both}), {"hobby": "surfing", "addresses": both}, {"plan": "full"}),
        (dict(user_metadata={"addresses": {"work": WORK}}), {"hobby": "surfing", "addresses": {"work": WORK}}, {"plan": "full"}),
        (dict(user_metadata={"addresses": None, "a": {"b": None}}), {"hobby": "surfing", "a": {"b": None}}, {"plan": "full"}),
        (dict(app_metadata={"plan": "free", "roles": ["a", "b"]}), {"hobby": "surfing", "a": {"b": None}}, {"plan": "free", "roles": ["a", "b"]}),
        (dict(user_metadata={}), {}, {"plan": "free", "roles": ["a", "b"]}),
        (dict(app_metadata={"plan": None}), {}, {"roles": ["a", "b"]}),
        (dict(app_metadata={"roles": None}), {}, {}),
        (dict(app_metadata={"plan": "full"}, user_metadata={"x": 1}), {"x": 1}, {"plan": "full"}),
        (dict(app_metadata={}), {"x": 1}, None),
        (dict(nickname="jane"), {"x": 1}, None),
    ]
    for body, *wanted in steps:
        assert update(**body) == tuple(wanted), body
        assert metadata(api.users.get(created.user_id)) == tuple(wanted), body
    assert api.users.get(created.user_id).nickname == "jane"

    refused(BadRequestError, 400, 'the field "user_metadata" must be a JSON object, but is null', api.users.update, created.user_id, user_metadata=None)
    refused(BadRequestError, 400, 'the field "app_metadata" must be a JSON object, but is null', api.users.update, created.user_id, app_metadata=None, user_metadata={"y": 1})
    refused(BadRequestError, 400, "but is an array", api.users.update, created.user_id, user_metadata=["x"])
    refused(BadRequestError, 400, "reserved-name", api.users.update, created.user_id, app_metadata={"email": "x"})
    refused(BadRequestError, 400, "key-characters", api.users.update, created.user_id, user_metadata={"a.b": 1})
    refused(ApiError, 413, "bytes", api.users.update, created.user_id, user_metadata={"a": "x" * (1 << 20)})
    refused(ConflictError, 409, "already exists", api.users.create, connection=connection, email="py.jane@example.com")
    refused(NotFoundError, 404, "inexistent_user", api.users.get, "auth0|nobody")
    refused(ApiError, 404, "inexistent_user", api.users.update, "auth0|nobody", user_metadata={"a": 1})
    refused(UnauthorizedError, 401, "Invalid token", connect("wrong").users.get, created.user_id)
    assert metadata(api.users.get(created.user_id)) == ({"x": 1}, None), "a refused request changes nothing"

    others = [api.users.create(connection=connection, email=f"py.{number}@example.com").user_id for number in range(4)]
    listed = [user.user_id for user in api.users.list(per_page=2)]
    assert [one for one in listed if one in [created.user_id, *others]] == [created.user_id, *others], listed
    page = api.users.list(page=1, per_page=2, include_totals=True)
    assert (page.response.start, page.response.limit, len(page.items)) == (2, 2, 2) and page.response.total >= 5, page.response
    for one in [created.user_id, *others, created.user_id]:
        assert api.users.delete(one) is None
    refused(NotFoundError, 404, "inexistent_user", api.users.get, created.user_id)


def clients(api):
    created = api.clients.create(name="myclient", client_metadata={"mycolor": "red", "myflavor": "grape"})
    read = lambda: api.clients.get(created.client_id)
    assert created.name == "myclient" and created.client_metadata == read().client_metadata == {"mycolor": "red", "myflavor": "grape"}
    steps = [
        ({"mycolor": "blue"}, {"mycolor": "blue", "myflavor": "grape"}),
        ({"mycolor": None}, {"myflavor": "grape"}),
        ({"nothere": None}, {"myflavor": "grape"}),
        ({"myflavor": None}, {}),
        ({"mycolor": "red"}, {"mycolor": "red"}),
        ({}, {}),
        ({"mysize": "L"}, {"mysize": "L"}),
    ]
    for body, wanted in steps:
        assert api.clients.update(created.client_id, client_metadata=body).client_metadata == wanted, body
        assert read().client_metadata == wanted and read().name == "myclient", body
    api.clients.update(created.client_id, description="Mine", jwt_configuration={"alg": "RS256", "lifetime_in_seconds": 60})
    merged = api.clients.update(created.client_id, description=None, jwt_configuration={"alg": "HS256"})
    assert merged.description is None and (merged.jwt_configuration.alg, merged.jwt_configuration.lifetime_in_seconds) == ("HS256", 60), merged
    assert api.clients.update(created.client_id, name="renamed", description="Mine").client_metadata == {"mysize": "L"}

    update = lambda **body: api.clients.update(created.client_id, **body)
    refused(BadRequestError, 400, 'the field "client_metadata" must be a JSON object, but is null', update, client_metadata=None, name="other")
    refused(BadRequestError, 400, "too-many-keys", update, client_metadata={f"k{number}": "v" for number in range(10)})
    refused(BadRequestError, 400, "value-type", update, client_metadata={"a": 1})
    refused(BadRequestError, 400, "value-too-long", update, client_metadata={"a": "x" * 256})
    refused(BadRequestError, 400, "key-too-long", update, client_metadata={"x" * 256: "v"})
    refused(BadRequestError, 400, "key-characters", update, client_metadata={"a.b": "v"})
    refused(ApiError, 404, "inexistent_client", api.clients.get, "nobody")
    refused(ApiError, 404, "inexistent_client", api.clients.update, "nobody", name="x")
    refused(UnauthorizedError, 401, "Invalid token", connect("wrong").clients.get, created.client_id)
    assert (read().name, read().client_metadata) == ("renamed", {"mysize": "L"}), "a refused request changes nothing"

    others = [api.clients.create(name=f"client {number}").client_id for number in range(4)]
    listed = [client.client_id for client in api.clients.list(per_page=2)]
    assert [one for one in listed if one in [created.client_id, *others]] == [created.client_id, *others], listed
    page = api.clients.list(page=1, per_page=2, include_totals=True)
    assert (page.response.start, page.response.limit, len(page.items)) == (2, 2, 2) and page.response.total >= 5, page.response
    for one in [created.client_id, *others, created.client_id]:
        assert api.clients.delete(one) is None
    refused(ApiError, 404, "inexistent_client", api.clients.get, created.client_id)


api = connect(TOKEN)
users(api)
clients(api)
