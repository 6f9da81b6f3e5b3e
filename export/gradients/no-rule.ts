/** Thrown where a rule does not know this form of its operator; the walk says of which node. */
export class NoRule extends Error {}
