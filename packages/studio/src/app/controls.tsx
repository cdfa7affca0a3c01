/** Buttons and dialogs as all parts of the frame have them. */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { shellStrings } from '../strings/shell.ts';
import { useStrings } from '../strings/language.tsx';
import { Icon } from './icons.tsx';
import type { IconName } from './icons.tsx';

export interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, for screen readers and as its tip. */
  readonly label: string;
  readonly onClick: () => void;
  readonly isPressed?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
}

export function IconButton({ icon, label, onClick, isPressed, isDisabled }: IconButtonProps): React.JSX.Element {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

export interface ButtonProps {
  readonly icon?: IconName | undefined;
  readonly kind?: 'plain' | 'strong' | 'quiet' | undefined;
  readonly onClick?: (() => void) | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly isPressed?: boolean | undefined;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** Without `onClick` it sends the form that it stands in. */
export function Button({
  icon,
  kind = 'plain',
  onClick,
  isDisabled,
  isPressed,
  title,
  children,
}: ButtonProps): React.JSX.Element {
  return (
    <button
      type={onClick ? 'button' : 'submit'}
      className={`button button-${kind}`}
      onClick={onClick}
      disabled={isDisabled}
      aria-pressed={isPressed}
      title={title}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Fills the window: pictures. */
  readonly isLarge?: boolean | undefined;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** Takes the keyboard while it is open; Escape closes it. */
export function Dialog({ title, onClose, isLarge, tools, children }: DialogProps): React.JSX.Element {
  const t = useStrings(shellStrings);
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = place.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={place}
      className="dialog"
      data-large={isLarge || undefined}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        // what is around the dialog belongs to it, too
        if (event.target === place.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2>{title}</h2>
          {tools}
          <IconButton icon="close" label={t.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** How far something is; without a share it is only known to go on. */
export function Bar({
  share,
  label,
}: {
  readonly share: number | undefined;
  readonly label: string;
}): React.JSX.Element {
  return <progress className="bar" aria-label={label} max={1} value={share} />;
}
