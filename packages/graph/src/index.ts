export { compileNodeType, inputsInUse } from './node-type.ts';
export type { InputFacts, NodeType, OwnValidationFacts } from './node-type.ts';
export { problem } from './problems.ts';
export type { Problem, ThrownProblem } from './problems.ts';
export { asLink, nodeTitle, promptNodes } from './prompt.ts';
export type { LinkValue, Prompt, PromptNode } from './prompt.ts';
export { typesConnect } from './socket-types.ts';
export { listProblems, validatePrompt } from './validate.ts';
export type { OwnCheck, OwnCheckResult, ValidateOptions, Validation } from './validate.ts';
