/**
 * One line on standard error that says what is going on, for work that takes long. Silent unless standard error is a
 * terminal; gone when the work is done.
 */
export class Progress {
  private readonly shown: boolean;
  private last = 0;
  private drawn = false;

  constructor(shown: boolean) {
    this.shown = shown;
  }

  /** Say what is going on; at most ten times a second. */
  say(text: string): void {
    if (!this.shown) return;
    const now = performance.now();
    if (this.drawn && now - this.last < 100) return;
    this.last = now;
    this.drawn = true;
    process.stderr.write(`\r\x1b[2K${text}`);
  }

  /** Clear the line. */
  done(): void {
    if (this.drawn) process.stderr.write("\r\x1b[2K");
    this.drawn = false;
  }
}
