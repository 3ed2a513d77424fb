from companion.services import sign_in


def test_the_page_says_with_whom_it_ends_and_what_stays(as_mateo, session):
    page = as_mateo.get("/settings/leave").text
    assert "Your mentorship with Ruth ends" in page
    assert "Former partner" in page
    assert 'href="/settings/leave"' in as_mateo.get("/settings").text


def test_another_address_deletes_nothing(as_mateo, mateo, session):
    answer = as_mateo.submit("/settings/leave", email="ruth@example.org")
    assert answer.status_code == 422
    assert f"Type {mateo.email} to delete this account." in answer.text
    assert sign_in.known(mateo.email) is not None


def test_the_own_address_deletes_the_account_and_signs_out_here_and_everywhere(as_mateo, browse, mateo, session):
    elsewhere = browse(mateo)
    answer = as_mateo.submit("/settings/leave", email="Mateo@example.org")
    assert "Your account is deleted" in answer.text
    assert sign_in.known("mateo@example.org") is None
    for each in (as_mateo, elsewhere):
        assert each.get("/settings").status_code == 302


def test_the_partner_reads_on(as_ruth, as_mateo, session, mentorship):
    as_mateo.submit("/settings/leave", email="mateo@example.org")
    for address in ("/", "/people", f"/mentorships/{mentorship.id}", f"/sessions/{session.id}"):
        page = as_ruth.get(address, follow_redirects=True)
        assert page.status_code == 200
        assert "Mateo" not in page.text
    assert "Former partner" in as_ruth.get(f"/mentorships/{mentorship.id}").text
