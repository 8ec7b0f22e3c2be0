// The Python of the tests, and what it is good at: changing a SQLite file beside a server that runs.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const PYTHON = process.env.FRESH_EYES_TEST_PYTHON ?? fileURLToPath(new URL("../../.tools/python/bin/python", import.meta.url));

const WORDS = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); c.execute(sys.argv[2]); c.commit()";

export async function edits(database, statement) {
  await promisify(execFile)(PYTHON, ["-c", WORDS, database, statement]);
}

// As if nobody had asked the server for anything for so many minutes.
export function idleFor(server, minutes) {
  return edits(server.database, `UPDATE sessions SET seen_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-${minutes} minutes')`);
}
