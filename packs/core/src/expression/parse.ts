/** Expressions as trees. Chains of equal rank are one node, so that a tree is never deeper than its parentheses. */
import { ExpressionError } from './expression-error.ts';
import type { Scalar } from './scalar.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

interface Step {
  readonly operator: string;
  readonly operand: Expression;
}

export type Expression =
  | { readonly kind: 'value'; readonly value: Scalar }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'arithmetic' | 'comparison'; readonly first: Expression; readonly steps: readonly Step[] }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not' | '-' | '+'; readonly operand: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly values: readonly Expression[] }
  | { readonly kind: 'item'; readonly list: Expression; readonly index: Expression };

const MAX_DEPTH = 100;
const WORDS = new Set(['and', 'or', 'not', 'if', 'else']);
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='];

/**
 * Reads `a + b * 2`, `max(a, b) if a > 0 else -1` and the like, in Python's syntax.
 * @throws {ExpressionError} when it is malformed, too long, or nested deeper than 100 levels.
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  let depth = 0;

  const peek = (): Token => tokens[at]!;
  function fail(): never {
    const { kind, text: found, at: position } = peek();
    if (kind === 'end') throw new ExpressionError('the expression is not complete');
    throw new ExpressionError(`unexpected ${JSON.stringify(found.slice(0, 50))} at position ${position}`);
  }
  function take(...texts: string[]): string | undefined {
    const { kind, text: found } = peek();
    if (kind === 'whole' || kind === 'float' || !texts.includes(found)) return undefined;
    at++;
    return found;
  }
  function need(wanted: string): void {
    if (take(wanted) === undefined) fail();
  }
  // every rule that may come back to itself goes through here
  function deeper<T>(rule: () => T): T {
    if (++depth > MAX_DEPTH) throw new ExpressionError(`nested deeper than ${MAX_DEPTH} levels`);
    const result = rule();
    depth--;
    return result;
  }

  function choice(): Expression {
    const yes = either();
    if (!take('if')) return yes;
    const test = either();
    need('else');
    return { kind: 'choice', test, yes, no: deeper(choice) };
  }
  function either(): Expression {
    return words('or', () => words('and', negation));
  }
  function words(word: 'and' | 'or', operand: () => Expression): Expression {
    const operands = [operand()];
    while (take(word)) operands.push(operand());
    return operands.length > 1 ? { kind: word, operands } : operands[0]!;
  }
  function negation(): Expression {
    return take('not') ? { kind: 'not', operand: deeper(negation) } : chain('comparison', COMPARISONS, sum);
  }
  function sum(): Expression {
    return chain('arithmetic', ['+', '-'], product);
  }
  function product(): Expression {
    return chain('arithmetic', ['*', '/', '//', '%'], signed);
  }
  function chain(kind: 'arithmetic' | 'comparison', operators: string[], operand: () => Expression): Expression {
    const first = operand();
    const steps: Step[] = [];
    for (let operator = take(...operators); operator; operator = take(...operators)) {
      steps.push({ operator, operand: operand() });
    }
    return steps.length ? { kind, first, steps } : first;
  }
  function signed(): Expression {
    const sign = take('-', '+') as '-' | '+' | undefined;
    return sign ? { kind: sign, operand: deeper(signed) } : power();
  }
  function power(): Expression {
    const base = item();
    // binds tighter than a sign on its left, looser than one on its right
    return take('**')
      ? { kind: 'arithmetic', first: base, steps: [{ operator: '**', operand: deeper(signed) }] }
      : base;
  }
  function item(): Expression {
    const list = atom();
    if (!take('[')) return list;
    const index = deeper(choice);
    need(']');
    return { kind: 'item', list, index };
  }
  function atom(): Expression {
    const { kind, text: found } = peek();
    if (take('(')) {
      const inner = deeper(choice);
      need(')');
      return inner;
    }
    if (kind === 'sign' || kind === 'end' || WORDS.has(found)) fail();
    at++;
    if (kind === 'whole') return { kind: 'value', value: BigInt(found) };
    if (kind === 'float') return { kind: 'value', value: Number(found) };
    if (found === 'True' || found === 'False') return { kind: 'value', value: found === 'True' };
    if (!take('(')) return { kind: 'name', name: found };
    const values: Expression[] = [];
    while (!take(')')) {
      values.push(deeper(choice));
      if (take(')')) break;
      need(',');
    }
    return { kind: 'call', name: found, values };
  }

  const expression = choice();
  if (peek().kind !== 'end') fail();
  return expression;
}
