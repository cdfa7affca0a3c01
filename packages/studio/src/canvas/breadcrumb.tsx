/** The way into the subgraph that is open. */
import { graphAt, subgraphAt } from '../document/index.ts';
import type { GraphPath, WorkflowDocument } from '../document/types.ts';
import { useCanvasStrings } from './canvas-context.ts';

export interface BreadcrumbProps {
  readonly document: WorkflowDocument;
  readonly path: GraphPath;
  readonly onPath: (path: GraphPath) => void;
}

export function Breadcrumb({ document, path, onPath }: BreadcrumbProps): React.JSX.Element | undefined {
  const strings = useCanvasStrings();
  if (!path.length) return undefined;
  const steps = [strings.root, ...path.map((_, at) => nameAt(document, path.slice(0, at + 1)))];
  return (
    <nav className="breadcrumb" aria-label={strings.path}>
      <ol>
        {steps.map((name, at) => {
          const isHere = at === steps.length - 1;
          return (
            <li key={path.slice(0, at).join(' ')}>
              <button
                type="button"
                aria-current={isHere ? 'location' : undefined}
                onClick={() => !isHere && onPath(path.slice(0, at))}
              >
                {name}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function nameAt(document: WorkflowDocument, path: GraphPath): string {
  const node = graphAt(document, path.slice(0, -1))?.nodes.get(path.at(-1) ?? '');
  return node?.title ?? subgraphAt(document, path)?.name ?? '';
}
