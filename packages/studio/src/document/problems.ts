/** What servers refuse or fail with, on the nodes of the document. */
import type { Failure, Problem } from '@snug/client';
import { graphAt, linkInto } from './look.ts';
import { placeOf } from './prompt-place.ts';
import type { NodePlace, WorkflowDocument } from './types.ts';

export interface DocumentProblem {
  /** Undefined when it concerns the whole. */
  readonly place: NodePlace | undefined;
  /** The input that is to blame, when one is. */
  readonly input: string | undefined;
  /** As the server names it: `value_not_in_list`; of failures, the type of the exception. */
  readonly type: string;
  readonly message: string;
  readonly source: 'conversion' | 'refusal' | 'execution';
}

/** What `POST /prompt` refused, as `ValidationError.problems` and `Job.problems` tell it. */
export function placeProblems(document: WorkflowDocument, problems: readonly Problem[]): DocumentProblem[] {
  return problems.map(({ nodeId, input, type, message }) => ({
    place: nodeId === '' ? undefined : placeOf(document, nodeId),
    input: input === '' ? undefined : input,
    type,
    message,
    source: 'refusal',
  }));
}

/** What a node failed with. */
export function placeFailure(
  document: WorkflowDocument,
  { nodeId, exceptionType, message }: Pick<Failure, 'nodeId' | 'exceptionType' | 'message'>,
): DocumentProblem {
  const place = nodeId === '' ? undefined : placeOf(document, nodeId);
  return { place, input: undefined, type: exceptionType, message, source: 'execution' };
}

/** Where a problem is shown: the node as it is seen in the graph at each level, from the workflow itself in. */
export function shownAt({ path, node }: NodePlace): NodePlace[] {
  const ids = [...path, node];
  return ids.map((id, depth) => ({ path: ids.slice(0, depth), node: id }));
}

/**
 * The problems that an edit did not touch: a mark vanishes with the value or the link that it is about. The same list when
 * it touched none.
 */
export function problemsAfter(
  problems: readonly DocumentProblem[],
  before: WorkflowDocument,
  after: WorkflowDocument,
): readonly DocumentProblem[] {
  if (before === after) return problems;
  const left = problems.filter((problem) => !isTouched(problem, before, after));
  return left.length === problems.length ? problems : left;
}

function isTouched({ place, input }: DocumentProblem, before: WorkflowDocument, after: WorkflowDocument): boolean {
  if (!place) return false;
  return shownAt(place).some((shown) => {
    const [was, is] = [before, after].map((document) => graphAt(document, shown.path)?.nodes.get(shown.node));
    if (!was || !is) return was !== is;
    const isWhole = input === undefined || shown.path.length < place.path.length;
    const isValueNew = isWhole ? was.values !== is.values : !Object.is(was.values.get(input), is.values.get(input));
    const isLinkNew = input !== undefined && linkAt(before, shown, input) !== linkAt(after, shown, input);
    return isValueNew || isLinkNew || was.mode !== is.mode;
  });
}

const linkAt = (document: WorkflowDocument, { path, node }: NodePlace, input: string): string | undefined => {
  const graph = graphAt(document, path);
  return graph && linkInto(graph, node, input)?.id;
};

/** Key of an input in a list of problems by input. */
export function inputKey({ path, node }: NodePlace, input: string): string {
  return JSON.stringify([path, node, input]);
}
