"""For whoever runs this installation: each provider step by step, what to copy, and a test that really asks."""

import json

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from companion import config, identity
from companion.errors import NotYours
from companion.model.people import Person
from companion.services import check_up, in_zoom, manifests, set_up, try_out
from companion.services.findings import Finding

pages = Blueprint("set_up", __name__, url_prefix="/setup")

Answer = AnyResponse | str


@pages.app_context_processor
def administrators() -> dict[str, object]:
    """For any page: `runs_this(me)` says whether they may come here; `unset(settings)` names what is missing."""
    return {"runs_this": set_up.is_admin, "unset": set_up.unset}


@pages.get("")
def index() -> Answer:
    """What is set up, and what isn't."""
    _require_admin()
    return _index()


@pages.post("/check")
def check() -> Answer:
    """The same, after a look at everything."""
    _require_admin()
    return _index(check_up.everything())


@pages.get("/check")
def checked() -> Answer:
    """Its address typed, or kept from the page after the check."""
    _require_admin()
    return redirect(url_for("set_up.index"))


@pages.get("/<provider>")
def show(provider: str) -> Answer:
    """One provider's steps."""
    _require_admin()
    return _provider(provider)


@pages.post("/<provider>/test")
def test(provider: str) -> Answer:
    """The same, after asking the provider and ourselves."""
    _require_admin()
    return _provider(provider, try_out.provider(provider))


@pages.get("/<provider>/test")
def tested(provider: str) -> Answer:
    """Its address typed, or kept from the page after the test."""
    _require_admin()
    return redirect(url_for("set_up.show", provider=set_up.place(provider).name))


@pages.get("/<provider>/manifest.json")
def manifest(provider: str) -> Response:
    """The app or add-on as a file, to be handed to the provider."""
    _require_admin()
    file = make_response(json.dumps(manifests.of(provider), indent=2) + "\n")
    file.headers["Content-Type"] = "application/json"
    file.headers["Content-Disposition"] = f'attachment; filename="alongside-{provider}.json"'
    return file


def _require_admin() -> Person:
    """Anybody else can't tell this page from one that isn't there."""
    person = identity.require_person()
    if not set_up.is_admin(person):
        raise NotYours
    return person


def _index(findings: list[Finding] | None = None) -> str:
    return render_template(
        "pages/set_up/index.html", me=identity.person_here(), places=set_up.places(), findings=findings,
        base_url=config.current().base_url, demo=config.current().demo,
    )  # fmt: skip


def _provider(name: str, findings: list[Finding] | None = None) -> str:
    place = set_up.place(name)
    return render_template(
        "pages/set_up/provider.html", me=identity.person_here(), place=place, findings=findings,
        has_manifest=name in manifests.names(), meet_project=config.current().meet_project,
        is_public=config.current().https, base_url=config.current().base_url, zoom_apis=in_zoom.CAPABILITIES,
    )  # fmt: skip
