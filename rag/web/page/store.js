// The reader's own conversations, kept in this browser and nowhere else, so that a reload loses no
// citation. What does not fit is dropped from the oldest on. Every change reads what is stored
// first: another window may have written meanwhile.

const KEY = "groundwire.chats.1";
const PENDING = "groundwire.pending.1";
const MOST_TURNS = 40;
const MOST_CHATS = 30;

/** One conversation among those stored; `turns` are its own, `others()` the rest. */
export class Chats {
  constructor() {
    const [newest] = read();
    this.id = newest?.open ? newest.id : name();
    this.turns = newest?.open ? newest.turns : [];
  }

  /** Keep the turns as they are now. */
  save() {
    const turns = this.turns.filter((turn) => turn.phase !== "running").slice(-MOST_TURNS);
    const kept = { id: this.id, at: Date.now(), open: true, turns };
    write([...(turns.length ? [kept] : []), ...this.others().map((chat) => ({ ...chat, open: false }))]);
  }

  /** Put the conversation away and begin another. */
  begin() {
    this.id = name();
    this.turns = [];
    write(read().map((chat) => ({ ...chat, open: false })));
  }

  /** Take up an earlier conversation. */
  resume(id) {
    const found = read().find((chat) => chat.id === id);
    if (!found) return;
    this.id = id;
    this.turns = found.turns;
    this.save();
  }

  /** Forget a conversation for good. */
  remove(id) {
    write(read().filter((chat) => chat.id !== id));
  }

  /** The other conversations, newest first. */
  others() {
    return read().filter((chat) => chat.id !== this.id);
  }
}

/** What this window asked and has no answer to yet. It outlives a reload, which a broken connection
 * brings about by itself, as on a phone that slept. */
export const pending = {
  get() {
    try {
      return JSON.parse(sessionStorage.getItem(PENDING));
    } catch {
      return null;
    }
  },
  set(request) {
    try {
      if (request) sessionStorage.setItem(PENDING, JSON.stringify(request));
      else sessionStorage.removeItem(PENDING);
    } catch {
      // Without storage a reload forgets the question.
    }
  },
};

function name() {
  return Math.random().toString(36).slice(2, 10);
}

function read() {
  try {
    const chats = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(chats) ? chats.filter((chat) => chat?.id && usable(chat.turns)) : [];
  } catch {
    return [];
  }
}

function usable(turns) {
  return Array.isArray(turns) && turns.length > 0 && turns.every((turn) => turn?.id && turn.phase);
}

function write(chats) {
  let kept = chats.slice(0, MOST_CHATS);
  for (;;) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch {
      if (kept.length === 0) return;
      const [{ turns, ...chat }] = kept;
      if (kept.length > 1) kept = kept.slice(0, Math.ceil(kept.length / 2));
      else kept = turns.length > 1 ? [{ ...chat, turns: turns.slice(Math.ceil(turns.length / 4)) }] : [];
    }
  }
}
