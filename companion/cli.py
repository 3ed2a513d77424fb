"""The command door: `flask --app wsgi migrate · doctor · demo · backup · restored · worker` and more."""

import json
import logging
import signal
import threading
from pathlib import Path

import click
from flask import Flask

from companion import config, db, schema
from companion.errors import Refusal
from companion.services import check_up, deliver, demo, keep_agenda, leave, manifests, reseal, restored, sign_in
from companion.services.findings import Finding, Verdict


def open_cli(app: Flask) -> None:
    """Give `flask` our commands."""
    for command in (
        migrate, doctor, demo_pair, backup, after_restoring, worker, dead_letters, add_person, remove_person,
        manifest, new_key,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.command("migrate")
def migrate() -> None:
    """Bring the database to this version (a SQLite file is copied first)."""
    click.echo(schema.migrate())


@click.command("doctor")
def doctor() -> None:
    """Look at database, address, mail server and providers; say what to do. Ends with 1 when something is wrong."""
    logging.disable(logging.WARNING)  # what goes wrong outside is said below, in words
    try:
        found = check_up.everything()
    finally:
        logging.disable(logging.NOTSET)
    for each in found:
        click.echo(f"{each.verdict.value:8} {each.about}: {each.sentence}")
    wrong = [each for each in found if each.verdict is Verdict.WRONG]
    doubtful = [each for each in found if each.verdict is Verdict.WARNING]
    click.echo(f"\n{_in_short(wrong, doubtful)}")
    click.get_current_context().exit(1 if wrong else 0)


def _in_short(wrong: list[Finding], doubtful: list[Finding]) -> str:
    if wrong:
        return f"To mend: {', '.join(each.about for each in wrong)}."
    if doubtful:
        return f"Nothing is wrong. Worth a look: {', '.join(each.about for each in doubtful)}."
    return "All is well."


@click.command("demo")
def demo_pair() -> None:
    """Migrate, then make the demo pair or move their next session close again. Only with DEMO=1."""
    if not config.current().demo:
        raise click.ClickException("This makes people who don't exist, so it works only with DEMO=1.")
    schema.migrate()
    demo.prepare()
    keep_agenda.stop_keeper()


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy a SQLite database to FILE while the server goes on."""
    if not db.current().is_sqlite:
        raise click.ClickException("This database is PostgreSQL: use pg_dump --format=custom --file FILE DATABASE_URL")
    if file.exists():
        raise click.ClickException(f"{file} is already there, and a backup never overwrites one. Name another file.")
    schema.backup(file)
    click.echo(f"Backed up to {file}.")


@click.command("restored")
def after_restoring() -> None:
    """Say that a backup was put back, while the server is stopped: browsers then don't merge a newer past into it."""
    refuse_another_schema()
    agendas = restored.begin_anew()
    click.echo(f"{agendas} agendas begin anew: browsers that remember them from before start from what is here.")


@click.command("reseal")
def new_key() -> None:
    """Put all kept grants under the newest of TOKEN_KEYS, while the server goes on; then the older ones may go."""
    refuse_another_schema()
    done = reseal.reseal()
    click.echo(f"{done.anew} grants were put under the newest key.")
    if done.unreadable:
        mend = "If an older key is missing in TOKEN_KEYS, add it there and run this again."
        raise click.ClickException(f"{done.unreadable} grants can't be opened with any key here. {mend}")
    click.echo("The older ones may be taken out of TOKEN_KEYS.")


@click.command("worker")
def worker() -> None:
    """Send letters from a process of its own, any number of them (set LETTERS_IN_WEB=0 for the server)."""
    refuse_another_schema()
    ended = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: ended.set())
    deliver.run_until(ended)


@click.command("dead-letters")
def dead_letters() -> None:
    """List letters that will never arrive, each with the reason."""
    for letter in deliver.dead_letters():
        click.echo(f"{letter.created_at:%Y-%m-%d %H:%M} {letter.kind} to {letter.to_email}: {letter.last_error}")


@click.command("add-person")
@click.argument("email")
@click.option("--name", default="", help="As their partners will read it.")
@click.option("--zone", default="UTC", help="IANA time zone, such as Africa/Nairobi.")
def add_person(email: str, name: str, zone: str) -> None:
    """Let somebody in who nobody invites: the first person of an installation."""
    try:
        person = sign_in.add_person(email, name, zone)
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(f"{person.email} can sign in at {config.current().base_url}/sign-in now.")


@click.command("remove-person")
@click.argument("email")
@click.confirmation_option(prompt="Delete this person's account for good?")
def remove_person(email: str) -> None:
    """Delete somebody's account, as they could in their settings (--yes asks nothing)."""
    refuse_another_schema()
    person = sign_in.known(email.strip().lower())
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    leave.leave(person.id)
    click.echo(f"{person.email} is deleted. What they wrote with their partners stays, without their name.")


@click.command("manifest")
@click.argument("provider", type=click.Choice(manifests.names()))
def manifest(provider: str) -> None:
    """Print this installation's app at Zoom, or its add-on at Google Meet, as the file that describes it there."""
    try:
        file = manifests.of(provider)
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal
    click.echo(json.dumps(file, indent=2))
    if provider == "google_meet" and not config.current().meet_project:
        click.echo("GOOGLE_MEET_PROJECT_NUMBER is not set: until it is, the panel only says so.", err=True)


def refuse_another_schema() -> None:
    """End with one sentence where code and database don't fit."""
    if complaint := schema.complaint():
        raise click.ClickException(complaint)
