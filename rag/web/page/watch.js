// Whether the server is there and ready, and whether the one that was asked is still the same.

const SILENCE_MS = 8000;
const GONE = { problem: "The server does not answer", fix: "Start it again; this page goes on by itself." };

export class Watch {
  /** `told(status)` is called with each status, `lost(error)` when an answer will not come,
   * `unheard()` when the server is well and is not at work on what it was asked. */
  constructor(server, { told, lost, unheard }) {
    this.server = server;
    this.told = told;
    this.lost = lost;
    this.unheard = unheard;
    this.last = Date.now();
    this.expecting = null;
    this.missed = 0;
    setInterval(() => {
      if (this.expecting && Date.now() - this.last > SILENCE_MS) this.#look();
    }, 500);
  }

  /** What a function of the server gives, or undefined when it cannot be reached. */
  async call(name, data = null) {
    try {
      return await this.server[name](data);
    } catch {
      return undefined;
    }
  }

  /** Ask for the status, and again until the server is ready. */
  async poll() {
    const status = (await this.#status()) ?? { ready: false, steps: [], error: GONE };
    this.told(status);
    clearTimeout(this.polling);
    if (!status.ready) this.polling = setTimeout(() => this.poll(), status.error ? 3000 : 700);
  }

  /** The answer to turn `id` is expected from now on; with null none is. */
  expect(id) {
    this.expecting = id;
    this.missed = 0;
    this.last = Date.now();
  }

  /** Something came. */
  heard() {
    this.last = Date.now();
  }

  // A writing model may be silent for long; a server that is gone or new will never answer.
  async #look() {
    this.last = Date.now();
    const { run, expecting } = this;
    const status = await this.#status(expecting);
    if (this.expecting !== expecting) return;
    if (status && (status.run === run || !run)) {
      this.missed = status.answering ? 0 : this.missed + 1;
      if (this.missed > 1) this.unheard(); // once may be a question that is still on its way
      return;
    }
    this.lost(
      status
        ? { problem: "The server was started again in the meantime", fix: "Ask again." }
        : { problem: "The server does not answer", fix: "Start it again, then ask again." },
    );
  }

  async #status(turn = null) {
    const status = await this.call("status", turn);
    if (status) this.run = status.run;
    return status;
  }
}
