/** A title that is being typed. */
import { useEffect, useRef } from 'react';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';

/** @param onDone the title, or undefined when nothing is to change */
export function TitleField({
  value,
  onDone,
}: {
  readonly value: string;
  readonly onDone: (title: string | undefined) => void;
}): React.JSX.Element {
  const { state } = useCanvas();
  const strings = useCanvasStrings();
  const field = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (title: string | undefined): void => {
    if (isOver.current) return;
    isOver.current = true;
    const node = field.current?.closest<HTMLElement>('.react-flow__node');
    onDone(title === value ? undefined : title);
    state.set((now) => ({ ...now, renaming: undefined }));
    node?.focus();
  };
  return (
    <input
      ref={field}
      className="title-field nodrag nopan"
      aria-label={strings.titleOf}
      defaultValue={value}
      spellCheck={false}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(event.currentTarget.value);
        if (event.key === 'Escape') finish(undefined);
      }}
    />
  );
}
