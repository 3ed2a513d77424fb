"""What a provider tells of a call becomes what we know of the talk: begun, gone on, over.

Providers tell late, twice, in any order, or not at all. So what they say is only added up, and the talk follows the
sum. What a person pressed counts for more than what a provider says.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.model import calls
from companion.model.calls import Call, CallGuest, Judgement, Verdict
from companion.model.sessions import NEAR, Meeting, OverBecause, Session, SessionState
from companion.services import tally
from companion.services.schedule import locked
from integrations.meetings import CallRun

KEPT = timedelta(days=30)  # how long it is known who was in a call
WAITING = timedelta(hours=12)  # a planned session whose call began too early is looked at for so long


def keep(provider: str, reference: str, runs: Iterable[CallRun]) -> None:
    """Remember what a look at this meeting showed of its calls, and let its session follow.

    In any order, any number of times. A meeting that is nobody's, or whose session is closed, changes nothing.
    """
    with transaction() as tx:
        add(tx, provider, reference, [tally.as_seen(run, clock.now()) for run in runs], is_look=True)


def add(tx: Transaction, provider: str, reference: str, runs: Sequence[CallRun], *, is_look: bool = False) -> None:
    """The same within a transaction, for what a provider told by itself: guests are where each message left them."""
    for session_id in tx.scalars(select(Meeting.session_id).where(*followed(provider, reference)).distinct()).all():
        session = locked(tx, session_id, None)
        if not session.is_open:
            continue
        meetings = _meetings_of(session).where(Meeting.provider == provider, Meeting.reference == reference)
        for meeting in tx.scalars(meetings).all():
            news = [tally.add(tx, meeting, run, is_look=is_look) for run in runs]
            if any(news):
                announce(tx, signals.meeting_changed, session_id=session_id)
        _follow(tx, session)


def followed(provider: str, reference: str) -> tuple[ColumnElement[bool], ...]:
    """Which meetings these are; none where the provider gave no name."""
    return Meeting.provider == provider, Meeting.reference == reference, Meeting.reference != ""


def tick() -> None:
    """Calls that began long before their session count once it is near. Called every few seconds; cheap when idle."""
    now = clock.now()
    calls_of_it = select(Call.id).join(Meeting, Meeting.id == Call.meeting_id).where(Meeting.session_id == Session.id)
    near = select(Session.id).where(
        Session.state == SessionState.PLANNED, Session.call_verdict != Verdict.LIVE,
        Session.starts_at <= now + NEAR, Session.starts_at > now - WAITING,
    )  # fmt: skip
    with reading() as tx:
        ids = tx.scalars(near.where(calls_of_it.where(Call.ended_at.is_(None)).exists())).all()
    for session_id in ids:
        with transaction() as tx:
            _follow(tx, locked(tx, session_id, None))


def hold(tx: Transaction, session: Session) -> None:
    """A person says that they are still talking: calls that ended no longer count. The end of one going on does."""
    goes_on = calls.judge(calls_of(tx, session), session, clock.now()).verdict is Verdict.LIVE
    session.call_verdict = Verdict.LIVE if goes_on else Verdict.HELD


def have_met(session: Session) -> bool:
    """Whether its provider saw both of them in the call, though it may never have told its end."""
    with reading() as tx:
        return calls.have_met(calls_of(tx, session), session)


def forget_old() -> None:
    """Who was in calls of long ago is nobody's business any more."""
    old = select(Call.id).join(Meeting, Meeting.id == Call.meeting_id).join(Session, Session.id == Meeting.session_id)
    with transaction() as tx:
        tx.execute(delete(CallGuest).where(CallGuest.call_id.in_(old.where(Session.starts_at < clock.now() - KEPT))))


def calls_of(tx: Transaction, session: Session) -> Sequence[Call]:
    """All calls known at the session's meetings."""
    tx.flush()
    meetings = _meetings_of(session).with_only_columns(Meeting.id)
    return tx.scalars(select(Call).where(Call.meeting_id.in_(meetings))).all()


def _follow(tx: Transaction, session: Session) -> None:
    """Let the session be what its calls say, where no person said otherwise."""
    if not session.is_open:
        return
    now, was = clock.now(), session.call_verdict
    said = calls.judge(calls_of(tx, session), session, now)
    if was == Verdict.HELD and said.verdict is not Verdict.LIVE:
        return
    session.call_verdict = said.verdict
    if said.verdict is Verdict.LIVE:
        _go_on(tx, session, said, anew=was != Verdict.LIVE)
    elif said.verdict is Verdict.OVER:
        _end(tx, session, said)
    elif was in (Verdict.LIVE, Verdict.OVER):
        _take_back(tx, session)


def _go_on(tx: Transaction, session: Session, said: Judgement, *, anew: bool) -> None:
    """They are in the call: the talk begins, or goes on if its call had ended. A person's End stays.

    It doesn't begin again where the clock asked whether they talked, and one of them is waiting there still.
    """
    if session.state is SessionState.PLANNED and anew:
        _begin(session, said)
        announce(tx, signals.session_live, session_id=session.id)
    elif session.state is SessionState.OVER and anew and session.over_because is not OverBecause.PERSON:
        _reopen(session)
        announce(tx, signals.session_resumed, session_id=session.id)


def _end(tx: Transaction, session: Session, said: Judgement) -> None:
    """Everybody hung up. The wrap-up counts from now on, however late we were told."""
    if session.state is SessionState.PLANNED:
        _begin(session, said)
    if session.state is SessionState.LIVE:
        session.state, session.over_because = SessionState.OVER, OverBecause.CALL
        session.over_at, session.ended_at = clock.now(), said.ended_at
        announce(tx, signals.session_over, session_id=session.id)
    elif session.over_because is OverBecause.CLOCK:
        session.ended_at = said.ended_at  # both were asked already; now at least we know since when


def _take_back(tx: Transaction, session: Session) -> None:
    """It was no talk: one waited alone, or only tried the link. No lists go out; once its time is past, we ask."""
    nobody_came = not (session.mentor_came or session.mentee_came)
    if session.state is SessionState.OVER and session.over_because is OverBecause.CALL:
        _reopen(session)
        announce(tx, signals.session_resumed, session_id=session.id)
    if session.state is SessionState.LIVE and nobody_came:
        session.state, session.live_at = SessionState.PLANNED, None
        announce(tx, signals.meeting_changed, session_id=session.id)


def _begin(session: Session, said: Judgement) -> None:
    assert said.began_at is not None
    session.state, session.live_at = SessionState.LIVE, max(said.began_at, session.starts_at - NEAR)


def _reopen(session: Session) -> None:
    session.state, session.over_because, session.over_at, session.ended_at = SessionState.LIVE, None, None, None


def _meetings_of(session: Session) -> Select[Meeting]:
    return select(Meeting).where(Meeting.session_id == session.id)
