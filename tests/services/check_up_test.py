"""`flask doctor`: what is looked at, and that each fault names its cure."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from companion import config, db
from companion.services import check_up
from companion.services.findings import Verdict
from tests.nodes import needs_redis, redis_server
from tests.server import free_port
from tests.simulators.smtp import smtp_sink


def found(about):
    [(verdict, sentence)] = [
        (each.verdict, each.sentence) for each in check_up.installation() if each.about == about
    ]  # fmt: skip
    return verdict, sentence


def now_with(**settings):
    config.use(replace(config.current(), **settings))


@pytest.mark.both_databases
def test_a_database_at_our_version_is_well(app):
    verdict, sentence = found("Database")
    assert verdict is Verdict.OK
    assert ("SQLite" in sentence) == db.current().is_sqlite


def test_an_older_database_says_what_to_do_and_nothing_else_is_asked_of_it(app):
    with db.current().engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert found("Database") == (
        Verdict.WRONG,
        "The database is older than Alongside: stop the server, run `flask backup FILE` and `flask migrate`.",
    )
    assert not any("Zoom" in each.about for each in check_up.everything())


def test_an_address_of_this_machine_alone_is_a_warning(app):
    verdict, sentence = found("Address")
    assert verdict is Verdict.WARNING and "BASE_URL" in sentence


def test_https_without_a_proxy_is_a_warning(app):
    now_with(base_url="https://127.0.0.1:9")
    verdict, sentence = found("Address")
    assert verdict is Verdict.WARNING and "PROXY_HOPS=1" in sentence
    now_with(proxy_hops=1)
    assert found("Address")[0] is Verdict.OK


def test_an_address_where_nobody_answers_is_a_warning(app):
    now_with(base_url="http://127.0.0.1:9")
    verdict, sentence = found("Server")
    assert verdict is Verdict.WARNING and "proxy" in sentence


def test_an_address_where_somebody_else_answers_is_wrong(app, zoom):
    now_with(base_url=zoom.url)
    verdict, sentence = found("Server")
    assert verdict is Verdict.WRONG and "Check where the proxy leads to" in sentence


def test_a_mail_server_that_takes_letters_is_well_and_gets_none(app):
    with smtp_sink() as post:
        now_with(smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none")
        assert found("Letters")[0] is Verdict.OK
        assert not post.taken


def test_a_mail_server_that_isn_t_there_names_the_settings(app):
    now_with(smtp_host="127.0.0.1", smtp_port=9, smtp_security="none", smtp_password="hush")
    verdict, sentence = found("Letters")
    assert verdict is Verdict.WRONG and "SMTP_HOST" in sentence and "hush" not in sentence


def test_redis_that_isn_t_there_is_a_warning_and_says_what_people_notice(app):
    now_with(redis_url=f"redis://127.0.0.1:{free_port()}")
    verdict, sentence = found("Redis")
    assert verdict is Verdict.WARNING and "REDIS_URL" in sentence and "seconds later" in sentence


def test_redis_that_answers_is_well(app):
    needs_redis()
    with redis_server() as bus:
        now_with(redis_url=bus.url)
        assert found("Redis") == (Verdict.OK, "It answers, so nodes hear of each other at once.")


def test_without_redis_nothing_is_said_of_it(app):
    assert not any(each.about == "Redis" for each in check_up.installation())
