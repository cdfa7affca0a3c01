/** Finds nodes by what a person types, and by the link that is being dragged. */
import { typesConnect } from '@snug/graph';
import type { Catalogue, NodeDefinition } from './types.ts';

/** What a dragged link asks for: nodes that take `type` (dragged from an output), or give it (from an input). */
export interface LinkWanted {
  readonly type: string;
  readonly end: 'takes' | 'gives';
}

export interface SearchHit {
  readonly definition: NodeDefinition;
  /** The input that takes a dragged link best. */
  readonly input: string | undefined;
  /** The output that gives what a dragged link asks for, by position. */
  readonly output: number | undefined;
}

export interface SearchOptions {
  readonly wanted?: LinkWanted | undefined;
  /** Default 50. */
  readonly limit?: number | undefined;
}

export interface NodeSearch {
  /** Best first; an empty query gives all, in order of their names. All words of the query have to be found. */
  find(query: string, options?: SearchOptions): SearchHit[];
}

interface Field {
  readonly text: string;
  /** Begins of words in `text`. */
  readonly words: readonly string[];
  readonly weight: number;
}

interface Entry {
  readonly definition: NodeDefinition;
  readonly fields: readonly Field[];
}

interface Fit {
  readonly rank: number;
  readonly input: string | undefined;
  readonly output: number | undefined;
}

const DEFAULT_LIMIT = 50;
const WEIGHTS = { name: 10, type: 9, alias: 8, category: 3, description: 1 } as const;
/** How a word was found: the whole field, its begin, the begin of a word, inside, or with letters left out. */
const FOUND = { whole: 10, begin: 7, word: 5, inside: 3, spread: 1 } as const;
/** Old and unfinished nodes stand behind others that are found as well. */
const DEMOTED = 0.5;

export function createSearch({ definitions }: Catalogue): NodeSearch {
  const entries = [...definitions.values()].map(entryOf).sort((a, b) => compareNames(a.definition, b.definition));
  return {
    find(query, { wanted, limit = DEFAULT_LIMIT } = {}) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      const hits: { hit: SearchHit; score: number }[] = [];
      for (const entry of entries) {
        const fit = wanted ? fitOf(entry.definition, wanted) : NO_LINK;
        if (!fit) continue;
        const score = scoreOf(entry, words);
        if (score === undefined) continue;
        const { input, output } = fit;
        hits.push({ hit: { definition: entry.definition, input, output }, score: score + fit.rank });
      }
      // sorting is stable: equals stay in order of their names
      return hits
        .sort((a, b) => b.score - a.score)
        .slice(0, limit)
        .map(({ hit }) => hit);
    },
  };
}

const NO_LINK: Fit = { rank: 0, input: undefined, output: undefined };

const compareNames = (a: NodeDefinition, b: NodeDefinition): number =>
  a.name.localeCompare(b.name) || a.type.localeCompare(b.type);

function entryOf(definition: NodeDefinition): Entry {
  const { name, type, aliases, category, description } = definition;
  const fields = [field(name, WEIGHTS.name), field(type, WEIGHTS.type)];
  for (const alias of aliases) fields.push(field(alias, WEIGHTS.alias));
  fields.push(field(category.join(' '), WEIGHTS.category), field(description, WEIGHTS.description));
  return { definition, fields };
}

function field(text: string, weight: number): Field {
  // KSamplerAdvanced is K, Sampler, Advanced
  const words = text.split(/[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
  return { text: text.toLowerCase(), words: words.filter(Boolean).map((word) => word.toLowerCase()), weight };
}

/** Undefined when a word is not found. */
function scoreOf({ definition, fields }: Entry, words: readonly string[]): number | undefined {
  let score = 0;
  for (const word of words) {
    let best = 0;
    for (const one of fields) best = Math.max(best, foundIn(one, word) * one.weight);
    if (best === 0) return undefined;
    score += best;
  }
  return definition.isDeprecated || definition.isExperimental ? score * DEMOTED : score;
}

function foundIn({ text, words, weight }: Field, word: string): number {
  const at = text.indexOf(word);
  if (at === -1) return weight >= WEIGHTS.alias && word.length > 2 && isSpread(text, word) ? FOUND.spread : 0;
  if (text.length === word.length) return FOUND.whole;
  // a short name that begins so is nearer than a long one
  if (at === 0) return FOUND.begin + word.length / text.length;
  return words.some((one) => one.startsWith(word)) ? FOUND.word : FOUND.inside;
}

/** Whether all letters come in order: `ksmplr` in `ksampler`. */
function isSpread(text: string, word: string): boolean {
  let at = 0;
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Exact sockets before widgets, before inputs that take anything. */
function fitOf({ inputs, outputs }: NodeDefinition, { type, end }: LinkWanted): Fit | undefined {
  let best: Fit | undefined;
  const offer = (rank: number, input: string | undefined, output: number | undefined): void => {
    if (!best || rank > best.rank) best = { rank, input, output };
  };
  if (end === 'takes') {
    for (const input of inputs) {
      const member = input.dynamic?.kind === 'growing' ? input.dynamic : undefined;
      const taken = member?.member.type ?? input.type;
      if (!input.isSocket || !typesConnect(type, taken)) continue;
      const name = member ? `${input.name}.${member.names[0] ?? ''}` : input.name;
      offer(rankOf(type, taken) - (input.widget ? 5 : 0), name, undefined);
    }
  } else {
    for (const [slot, output] of outputs.entries()) {
      if (typesConnect(output.type, type)) offer(rankOf(type, output.type), undefined, slot);
    }
  }
  return best;
}

const rankOf = (wanted: string, found: string): number => (wanted === found ? 20 : found === '*' ? 0 : 10);
