"""Facts about Zoom as tests hold them against the simulator and against what we send: names, types, scopes, labels.

Carried over by hand from Zoom's Meeting API description (June 2025) and the typings of its own server SDK
(@zoom/rivet 0.4.0). What is from memory says so.
"""

# Method and path: the granular scope (user-managed), the rate label, the status of success.
OPERATIONS = {
    "GET /users/me": ("user:read:user", "Light", 200),  # label: from memory
    "POST /users/me/meetings": ("meeting:write:meeting", "Medium", 201),
    "GET /users/me/meetings": ("meeting:read:list_meetings", "Medium", 200),
    "GET /meetings/{meetingId}": ("meeting:read:meeting", "Light", 200),
    "PATCH /meetings/{meetingId}": ("meeting:update:meeting", "Light", 204),
    "DELETE /meetings/{meetingId}": ("meeting:delete:meeting", "Light", 204),
    "PUT /meetings/{meetingId}/status": ("meeting:update:status", "Light", 204),
    "GET /past_meetings/{meetingId}": ("meeting:read:past_meeting", "Light", 200),
    "GET /past_meetings/{meetingId}/instances": ("meeting:read:list_past_instances", "Medium", 200),
    "GET /past_meetings/{meetingId}/participants": ("meeting:read:list_past_participants", "Medium", 200),
    # By Zoom's sample apps; status and label: unverified.
    "POST /zoomapp/deeplink": ("zoomapp:inmeeting", "Light", 200),
}
# Status and code of refusals: of every operation (what a token or the account's plan lacks), and of each one.
REFUSALS = {(401, 124), (400, 4711), (429, 429), (404, 2300)}  # 2300, no such address: from memory
REFUSALS_OF = {
    "GET /users/me/meetings": {(400, 3161), (404, 1001)},
    "POST /users/me/meetings": {(400, 3161), (400, 3000), (400, 300), (404, 1001)},
    "GET /meetings/{meetingId}": {(400, 3000), (400, 3161), (404, 3001)},
    "PATCH /meetings/{meetingId}": {(400, 3161), (400, 300), (400, 3000), (404, 3001)},
    "DELETE /meetings/{meetingId}": {(400, 300), (400, 3000), (400, 3018), (400, 3037), (400, 3161), (404, 3001)},
    "PUT /meetings/{meetingId}/status": {
        (400, 300),
        (400, 3000),
        (400, 3063),
        (400, 3161),
        (404, 3001),
    },  # 300: inferred
    "GET /past_meetings/{meetingId}": {(400, 300), (400, 200), (400, 12702), (404, 3001)},
    "GET /past_meetings/{meetingId}/instances": {(404, 3001)},
    "GET /past_meetings/{meetingId}/participants": {(400, 200), (400, 12702), (404, 3001)},
}
# What the messages about who came and left want: from memory.
EVENT_SCOPES = {"meeting:read:participant"}
PER_SECOND = {
    "free": {"Light": 4, "Medium": 2, "Heavy": 1},
    "pro": {"Light": 30, "Medium": 20, "Heavy": 10},
    "business": {"Light": 80, "Medium": 60, "Heavy": 40},
}

TOKEN_ANSWER = {
    "access_token": str, "token_type": str, "refresh_token": str, "expires_in": int, "scope": str, "api_url": str,
}  # fmt: skip
USER = {
    "id": str, "account_id": str, "email": str, "first_name": str, "last_name": str, "display_name": str,
    "timezone": str, "type": int, "status": str,
}  # fmt: skip

MEETING_REQUEST = {
    "topic": str, "type": int, "start_time": str, "duration": int, "timezone": str, "password": str,
    "default_password": bool, "agenda": str, "settings": dict,
}  # fmt: skip
ONLY_WHEN_CREATING = {"default_password"}
SETTINGS_REQUEST = {
    "waiting_room": bool, "join_before_host": bool, "jbh_time": int, "use_pmi": bool, "auto_recording": str,
    "email_notification": bool, "meeting_authentication": bool, "mute_upon_entry": bool, "approval_type": int,
    "alternative_hosts": str, "alternative_hosts_email_notification": bool,
}  # fmt: skip
MEETING = {
    "id": int, "uuid": str, "host_id": str, "host_email": str, "topic": str, "type": int, "start_time": str,
    "timezone": str, "duration": int, "created_at": str, "join_url": str, "start_url": str, "password": str,
    "settings": dict,
}  # fmt: skip
AN_INSTANT_MEETING = {name: kind for name, kind in MEETING.items() if name != "start_time"}
LISTED = {
    "id": int, "uuid": str, "host_id": str, "topic": str, "type": int, "start_time": str, "duration": int,
    "timezone": str, "created_at": str, "join_url": str, "agenda": str,
}  # fmt: skip
PAST_MEETING = {
    "uuid": str, "id": int, "host_id": str, "type": int, "topic": str, "user_name": str, "user_email": str,
    "start_time": str, "end_time": str, "duration": int, "total_minutes": int, "participants_count": int,
    "dept": str, "source": str,
}  # fmt: skip
PAST_GUEST = {
    "id": str, "name": str, "user_id": str, "registrant_id": str, "user_email": str, "join_time": str,
    "leave_time": str, "duration": int, "failover": bool, "status": str, "internal_user": bool,
}  # fmt: skip

ANSWERS = {
    "GET /users/me": USER,
    "POST /users/me/meetings": AN_INSTANT_MEETING,
    "GET /users/me/meetings": {"page_size": int, "total_records": int, "next_page_token": str, "meetings": list},
    "GET /meetings/{meetingId}": AN_INSTANT_MEETING | {"status": str},
    "GET /past_meetings/{meetingId}": PAST_MEETING,
    "GET /past_meetings/{meetingId}/instances": {"meetings": list},
    "GET /past_meetings/{meetingId}/participants": {
        "page_count": int, "page_size": int, "total_records": int, "next_page_token": str, "participants": list,
    },
}  # fmt: skip

# Messages: payload and object. The id is text in those about a call, a number in those about a meeting.
A_CALL = {
    "id": str, "uuid": str, "host_id": str, "topic": str, "type": int, "start_time": str, "timezone": str,
    "duration": int,
}  # fmt: skip
WHO = {"user_id": str, "user_name": str, "id": str, "participant_uuid": str, "email": str}
BY_WHOM = {"account_id": str, "operator": str, "operator_id": str, "object": dict}
MESSAGES = {
    "meeting.created": (
        BY_WHOM | {"operation": str},
        {
            "uuid": str, "id": int, "host_id": str, "topic": str, "type": int, "duration": int, "join_url": str,
            "settings": dict,
        },
    ),
    "meeting.updated": (
        BY_WHOM | {"scope": str, "time_stamp": int, "old_object": dict},
        {"id": int},
    ),
    "meeting.deleted": (
        BY_WHOM | {"operation": str},
        {"uuid": str, "id": int, "host_id": str, "topic": str, "type": int, "start_time": str, "duration": int},
    ),
    "meeting.started": ({"account_id": str, "object": dict}, A_CALL),
    "meeting.ended": ({"account_id": str, "object": dict}, A_CALL | {"end_time": str}),
    "meeting.participant_joined": ({"account_id": str, "object": dict}, A_CALL | {"participant": dict}),
    "meeting.participant_left": ({"account_id": str, "object": dict}, A_CALL | {"participant": dict}),
}  # fmt: skip
WHEN = {"meeting.participant_joined": {"join_time": str}, "meeting.participant_left": {"leave_time": str}}
DEAUTHORISED = {
    "account_id": str, "user_id": str, "client_id": str, "signature": str, "deauthorization_time": str,
    "user_data_retention": type(None),
}  # fmt: skip


def fits(said, table):
    """Whether all these names are there, with these types."""
    return {name: type(said.get(name)) for name in table} == table
