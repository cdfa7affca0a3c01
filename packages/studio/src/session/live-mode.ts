/** Live mode: an edit runs what it changed. While edits come, only the newest one counts. */

export interface LiveModeOptions {
  /** What would be sent now, as a text that two equal prompts share; undefined when nothing can be. */
  readonly promptText: () => string | undefined;
  /** Sends it; resolves when the server has it. */
  readonly submit: () => Promise<void>;
  /** Stops what live mode sent before and that still runs or waits. */
  readonly cancel: () => void;
  /** Calls back when the person has paused. Returns what ends the wait. */
  readonly wait: (callback: () => void) => () => void;
}

export interface LiveMode {
  /** @param isOn turning it on runs at once */
  turn(isOn: boolean): void;
  /** The workflow is another one. */
  changed(): void;
}

export function createLiveMode({ promptText, submit, cancel, wait }: LiveModeOptions): LiveMode {
  let isOn = false;
  let sent: string | undefined;
  let isSubmitting = false;
  let isStale = false;
  let stopWaiting = (): void => {};
  const go = async (): Promise<void> => {
    const text = isOn ? promptText() : undefined;
    // nodes were moved, not changed
    if (text === undefined || text === sent) return;
    if (isSubmitting) {
      isStale = true;
      return;
    }
    isSubmitting = true;
    sent = text;
    cancel();
    try {
      await submit();
    } finally {
      isSubmitting = false;
    }
    if (!isStale) return;
    isStale = false;
    await go();
  };
  return {
    turn(next) {
      isOn = next;
      stopWaiting();
      sent = undefined;
      if (isOn) void go();
    },
    changed() {
      if (!isOn) return;
      stopWaiting();
      stopWaiting = wait(() => void go());
    },
  };
}
