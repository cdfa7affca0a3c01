import { compare, negate, OPERATORS, plain } from './arithmetic.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS } from './functions.ts';
import { parseExpression } from './parse.ts';
import type { Expression } from './parse.ts';
import { asInteger, isFloat } from './scalar.ts';
import type { Scalar } from './scalar.ts';

type Value = Scalar | readonly Scalar[];

/**
 * The value of an expression over named numbers; `values` is the list of all of them.
 * @throws {ExpressionError} when it is malformed, names something unknown, or has no value.
 */
export function evaluateExpression(text: string, names: ReadonlyMap<string, Scalar>): Scalar {
  const list = [...names.values()];

  const truth = (value: Value): boolean => (isList(value) ? value.length > 0 : Boolean(value));

  // recursion is bounded by the depth that the parser allows
  function valueOf(node: Expression): Value {
    switch (node.kind) {
      case 'value':
        return node.value;
      case 'name':
        return named(node.name);
      case 'arithmetic':
        return node.steps.reduce<Scalar>(
          (left, { operator, operand }) => OPERATORS.get(operator)!(left, scalarOf(operand)),
          scalarOf(node.first),
        );
      case 'comparison': {
        let left = scalarOf(node.first);
        for (const { operator, operand } of node.steps) {
          const right = scalarOf(operand);
          if (!compare(left, operator, right)) return false;
          left = right;
        }
        return true;
      }
      case 'and':
      case 'or':
        return shortCircuit(node.kind, node.operands);
      case 'not':
        return !truth(valueOf(node.operand));
      case '-':
        return negate(scalarOf(node.operand));
      case '+':
        return plain(scalarOf(node.operand));
      case 'choice':
        return valueOf(truth(valueOf(node.test)) ? node.yes : node.no);
      case 'call':
        return call(node.name, node.values);
      case 'item':
      default:
        return itemOf(valueOf(node.list), scalarOf(node.index));
    }
  }
  function named(name: string): Value {
    if (name === 'values') return list;
    const value = names.get(name);
    if (value !== undefined) return value;
    const known = [...names.keys(), 'values'].join(', ');
    throw new ExpressionError(`nothing is called ${name.slice(0, 50)} (there are: ${known})`);
  }
  function scalarOf(node: Expression): Scalar {
    const value = valueOf(node);
    if (isList(value)) throw new ExpressionError('values is a list: use sum(values), values[0] and the like');
    return value;
  }
  function shortCircuit(kind: 'and' | 'or', operands: readonly Expression[]): Value {
    let value: Value = kind === 'and';
    for (const operand of operands) {
      value = valueOf(operand);
      if (truth(value) === (kind === 'or')) break;
    }
    return value;
  }
  function call(name: string, nodes: readonly Expression[]): Scalar {
    const known = FUNCTIONS.get(name);
    if (!known) {
      const all = [...FUNCTIONS.keys()].join(', ');
      throw new ExpressionError(`there is no function ${name.slice(0, 50)} (there are: ${all})`);
    }
    const given = nodes.flatMap<Scalar>(valueOf);
    if (given.length < known.least || given.length > known.most)
      throw new ExpressionError(
        `${name} was given ${given.length} numbers; it takes ${arity(known.least, known.most)}`,
      );
    return known.call(given);
  }

  return scalarOf(parseExpression(text));
}

function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

function itemOf(list: Value, index: Scalar): Scalar {
  if (!isList(list)) throw new ExpressionError('only values has members in brackets');
  if (isFloat(index)) throw new ExpressionError('the place in values must be a whole number');
  const place = Number(asInteger(index));
  const value = list.at(place);
  if (value === undefined) throw new ExpressionError(`values has no member ${place}; it has ${list.length}`);
  return value;
}

function arity(least: number, most: number): string {
  if (least === most) return String(least);
  return most === Infinity ? `${least} or more` : `${least} to ${most}`;
}
