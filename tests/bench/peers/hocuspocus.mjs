// Hocuspocus with its SQLite store and its defaults. PORT and DB come from the environment.
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const { PORT, DB } = process.env;
const server = new Server({
  port: Number(PORT), address: "127.0.0.1", quiet: true, stopOnSignals: false, extensions: [new SQLite({ database: DB })],
});
await server.listen();
