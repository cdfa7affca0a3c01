import type { Notice, SessionState } from '../session/session-state.ts';
import { useSessionState } from './page-context.tsx';

/** What is said in passing; it goes by itself. */
export function Notices(): React.JSX.Element {
  const notices = useSessionState(noticesOf);
  return (
    <div className="notices" role="status">
      {notices.map(({ id, message }) => (
        <p key={id}>{message}</p>
      ))}
    </div>
  );
}

const noticesOf = ({ notices }: SessionState): readonly Notice[] => notices;
