/**
 * One line on standard error that says what is going on, for work that takes long. Silent unless standard error is a
 * terminal; gone when the work is done.
 */
export class Progress {
  private readonly write: ((text: string) => void) | null;
  private last = 0;
  private drawn = false;

  /** `write` draws on standard error; null: nobody watches */
  constructor(write: ((text: string) => void) | null) {
    this.write = write;
  }

  /** Say what is going on; at most ten times a second. */
  say(text: string): void {
    if (this.write === null) return;
    const now = performance.now();
    if (this.drawn && now - this.last < 100) return;
    this.last = now;
    this.drawn = true;
    this.write(`\r\x1b[2K${text}`);
  }

  /** Clear the line. */
  done(): void {
    if (this.drawn) this.write?.("\r\x1b[2K");
    this.drawn = false;
  }
}
