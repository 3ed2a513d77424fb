// The opening of an agenda: from the connection's first byte to the agenda in hand.
// Reads {url, rooms} as JSON from standard input; prints one line of JSON a room: its first seat's opening, which finds
// the agenda closed, and its second's, which finds it open.
import fs from "node:fs";

import { Seat } from "./seat.mjs";

const { url, rooms } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const places of rooms) {
  const seats = places.map((place) => new Seat(url, place));
  const opened = [];
  for (const seat of seats) {
    const asked = performance.now();
    const ticket = await seat.fetchTicket();
    const began = performance.now();
    const { update } = await seat.open(ticket);
    const ms = performance.now() - began;
    opened.push({ ms, ticket_ms: began - asked, bytes: seat.line.bytesIn, agenda_bytes: update.length });
  }
  console.log(JSON.stringify(opened));
  for (const seat of seats) seat.close();
}
