/** Carries out what reduce.ts decides about one job: asks the server, owns the timer, and tells what changed. */
import { Alarm } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Look } from './look.ts';
import { newLife, reduce } from './reduce.ts';
import type { JobTiming, Life, LifeInput } from './reduce.ts';

export interface JobWatchOptions {
  readonly clock: Clock;
  readonly timing: JobTiming;
  readonly isAttached: boolean;
  readonly isLinked: boolean;
  /** @param isOver the record should be there */
  readonly look: (isOver: boolean) => Promise<Look>;
  readonly post: () => void;
  readonly onChange: (life: Life, before: Life) => void;
}

export class JobWatch {
  readonly #options: JobWatchOptions;
  readonly #alarm: Alarm;
  #life: Life;

  constructor(options: JobWatchOptions) {
    this.#options = options;
    const { clock, timing, isAttached, isLinked } = options;
    this.#life = newLife(clock.now(), { isAttached, isLinked, pollMs: timing.pollMs });
    this.#alarm = new Alarm(clock, () => this.feed({ type: 'due' }));
  }

  get life(): Life {
    return this.#life;
  }

  feed(input: LifeInput): void {
    const { clock, timing, onChange, post } = this.#options;
    const before = this.#life;
    const [life, effect] = reduce(before, input, clock.now(), timing);
    if (life === before) return;
    this.#life = life;
    this.#alarm.set(life.lookAt);
    if (effect === 'look') void this.#look(life.ending !== undefined);
    if (effect === 'post') post();
    if (life.state !== before.state) onChange(life, before);
  }

  async #look(isOver: boolean): Promise<void> {
    const look = await this.#options.look(isOver);
    this.feed({ type: 'looked', look });
  }
}
