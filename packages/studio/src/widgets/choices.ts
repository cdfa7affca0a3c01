/** Lists to choose from: known, or asked for when somebody looks. */
import { useCallback, useEffect, useState } from 'react';
import type { ChoiceWidget, UploadWidget } from '../catalogue/types.ts';
import { useWidgetServices } from './widget-services.ts';

export type Choice = string | number | boolean;

export interface Choices {
  readonly all: readonly Choice[];
  readonly hasFailed: boolean;
  readonly load: () => void;
}

/** Entries that the page draws at once; more are found by typing. */
export const MOST_SHOWN = 200;

/** @param isWanted nothing is asked before somebody wants to see the list */
export function useChoices(
  { choices, remote }: Pick<ChoiceWidget | UploadWidget, 'choices' | 'remote'>,
  isWanted: boolean,
): Choices {
  const { client } = useWidgetServices();
  const [loaded, setLoaded] = useState<readonly Choice[] | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const route = remote?.route;
  const load = useCallback(() => {
    if (route === undefined) return;
    const path = route.startsWith('/') ? route : new URL(route, 'http://server/').pathname;
    client.request(path).then(
      (answer) => {
        setLoaded(Array.isArray(answer) ? answer.filter(isChoice) : []);
        setFailed(false);
      },
      () => setFailed(true),
    );
  }, [client, route]);
  const isMissing = loaded === undefined;
  useEffect(() => {
    if (isWanted && isMissing) load();
  }, [isWanted, isMissing, load]);
  return { all: loaded ?? choices ?? [], hasFailed, load };
}

export function isChoice(value: unknown): value is Choice {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Choices that contain every word of the query; those that begin with it come first. */
export function filterChoices(all: readonly Choice[], query: string): readonly Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return all.slice(0, MOST_SHOWN);
  const fitting = all.filter((choice) => words.every((word) => String(choice).toLowerCase().includes(word)));
  const begins = (choice: Choice): number =>
    String(choice)
      .toLowerCase()
      .startsWith(words[0] ?? '')
      ? 0
      : 1;
  return fitting.sort((one, other) => begins(one) - begins(other)).slice(0, MOST_SHOWN);
}
