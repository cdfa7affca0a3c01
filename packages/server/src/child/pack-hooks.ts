/** Module hooks: they run on a thread of their own, so this file imports nothing of ours. */
import { readFile } from 'node:fs/promises';
import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'oxc-transform';

type NextResolve = (
  specifier: string,
  context?: Partial<ResolveHookContext>,
) => ResolveFnOutput | Promise<ResolveFnOutput>;
type NextLoad = (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput | Promise<LoadFnOutput>;

const TYPESCRIPT = /\.m?ts$/;
const OURS = /^@snug\//;

/** A pack that installed its own copy of us would not know our classes: it gets the server's. */
export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: NextResolve,
): Promise<ResolveFnOutput> {
  if (OURS.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
  return next(specifier, context);
}

export async function load(url: string, context: LoadHookContext, next: NextLoad): Promise<LoadFnOutput> {
  const path = url.split('?')[0]!;
  if (!TYPESCRIPT.test(path) || !path.startsWith('file:')) return next(url, context);
  const file = fileURLToPath(path);
  const { code, errors, map } = transformSync(file, await readFile(file, 'utf8'), { sourcemap: true });
  const [first] = errors;
  if (first)
    throw new SyntaxError(`${file}${/:\d+:\d+(?=\])/.exec(first.codeframe ?? '')?.[0] ?? ''}: ${first.message}`);
  const comment = map
    ? `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
    : '';
  return { format: 'module', source: code + comment, shortCircuit: true };
}
