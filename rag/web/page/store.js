// The reader's own turns, kept in this browser and nowhere else, so that a reload loses no
// citation. What does not fit is dropped from the oldest on.

const KEY = "groundwire.turns.1";
const MOST = 40;

export function load() {
  try {
    const turns = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(turns) ? turns.filter((turn) => turn && turn.id && turn.phase) : [];
  } catch {
    return [];
  }
}

export function save(turns) {
  let kept = turns.filter((turn) => turn.phase !== "running").slice(-MOST);
  for (;;) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch {
      if (kept.length === 0) return;
      kept = kept.slice(Math.ceil(kept.length / 4));
    }
  }
}
