// The program as bin/test builds it: with its own folder, its own SQLite file and a free port.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ask } from "./http.mjs";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
export const BINARY = process.env.FRESH_EYES_BINARY ?? path.join(PROJECT, "target/checked/fresh-eyes");
const DIST = process.env.FRESH_EYES_DIST ?? path.join(PROJECT, "dist");

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// startServer({ settings }): `settings` are more environment variables, for the server and for the commands.
export async function startServer({ settings = {}, words = ["--demo-if-empty"] } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "fresh-eyes-test-"));
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    FRESH_EYES_DATABASE: `sqlite:${path.join(folder, "fresh-eyes.sqlite")}`,
    FRESH_EYES_LISTEN: `127.0.0.1:${port}`,
    FRESH_EYES_BASE_URL: baseUrl,
    FRESH_EYES_DIST: DIST,
    // What is due is worked out, and mail sent, when a test says so and not before.
    FRESH_EYES_REMIND_EVERY_MINUTES: "0",
    FRESH_EYES_DELIVER_EVERY_SECONDS: "0",
    ...settings,
  };
  const server = new Server(folder, baseUrl, environment, words);
  await server.start();
  return server;
}

class Server {
  #lines = [];
  #child;

  constructor(folder, baseUrl, environment, words) {
    this.folder = folder;
    this.baseUrl = baseUrl;
    this.environment = environment;
    this.words = words;
  }

  // start({ mostBytes }): no file of the server may grow beyond so many bytes, as on a disk that is full.
  async start({ mostBytes } = {}) {
    const limit = mostBytes === undefined ? "" : `trap '' XFSZ; ulimit -f ${Math.ceil(mostBytes / 512)};`;
    const child = spawn("sh", ["-c", `${limit} exec "$@"`, "sh", BINARY, "serve", ...this.words], { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    running.add(child);
    let ended;
    child.on("error", (error) => (ended = `could not be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      ended ??= `ended with ${signal ?? code}`;
      running.delete(child);
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => this.#lines.push(data.toString()));
    const patience = Date.now() + 60_000;
    for (;;) {
      const answer = await ask(`${this.baseUrl}/health`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (ended || Date.now() > patience) {
        await this.stop();
        throw new Error(`The server ${ended ?? "did not answer at /health in 60 seconds"}\n${this.log}`);
      }
      await sleep(50);
    }
  }

  // What the server has printed.
  get log() {
    return this.#lines.join("");
  }

  // Another command on the same database: run(["remind"]). Its output; a failure throws unless `fails` is asked for.
  run(words, { settings = {}, fails = false } = {}) {
    return new Promise((resolve, reject) => {
      const env = { ...this.environment, ...settings };
      execFile(BINARY, words, { cwd: this.folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
        if (Boolean(error) === fails) resolve({ stdout, stderr });
        else reject(new Error(`fresh-eyes ${words.join(" ")} ${fails ? "should have failed" : `failed: ${error.message}`}\n${stdout}\n${stderr}`));
      });
    });
  }

  // Bytes of memory that the server holds now (Linux).
  async memory() {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
  }

  // The SQLite file.
  get database() {
    return path.join(this.folder, "fresh-eyes.sqlite");
  }

  // Ends the process and keeps its files.
  async halt() {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const late = sleep(15_000, "late", { ref: false });
      if ((await Promise.race([gone, late])) === "late") {
        child.kill("SIGKILL");
        await gone;
      }
    }
  }

  // As when the machine loses its power: nothing is finished, nobody is told.
  async kill() {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }

  async stop() {
    await this.halt();
    await rm(this.folder, { recursive: true, force: true });
  }
}
