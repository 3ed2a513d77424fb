"""What "Join" opens at a simulator: a page where people come and go, for whoever tries things out by hand."""

from collections.abc import Callable, Sequence

from flask import redirect, render_template_string, request
from werkzeug.wrappers import Response as Answer

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>SIMULATED {{ vendor }}</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.6rem;overflow-wrap:anywhere}ul{padding:0;list-style:none}
strong{background:#fd0;color:#000;padding:.1em .4em}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:baseline;margin:.5rem 0}
button,input{font:inherit;padding:.4em .8em;min-width:0;max-width:100%}</style>
<main><p><strong>SIMULATED</strong> This is not {{ vendor }}. It runs on this computer, to try things out.</p>
<h1>Simulated {{ vendor }} call {{ name }}</h1>
<p>{% if inside %}In the call now:{% else %}Nobody is in the call.{% endif %}</p>
<ul>{% for guest in inside %}<li><form method="post">{{ guest }} <input type="hidden" name="name" value="{{ guest }}">
<button name="action" value="leave" aria-label="{{ guest }} leaves">Leave</button></form></li>{% endfor %}</ul>
<form method="post"><label>Join as <input name="name" value="{{ suggested }}" required autocomplete="off"></label>
<button name="action" value="join">Join</button></form>{% if inside %}
<form method="post"><button name="action" value="end">End call for all</button></form>{% endif %}
</main></html>"""


def call_page(
    vendor: str, name: str, inside: Sequence[str], act: Callable[[str, str], None], suggested: str = ""
) -> str | Answer:
    """The page for GET; for POST, `act(action, who)` with join, leave or end, then the page again."""
    if request.method == "POST":
        act(request.form.get("action", ""), request.form.get("name", "").strip()[:100])
        return redirect(request.full_path, 303)
    return render_template_string(PAGE, vendor=vendor, name=name, inside=inside, suggested=suggested)
