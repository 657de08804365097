/**
 * How a step is stored: turns a {@code WorkflowStep} into bytes and back, moves large payloads out
 * of the bytes and back in, and tells readable bytes from broken ones.
 *
 * <p>Knows messages and bytes, but no use case and no database. Imports nothing else of the server.
 */
package dev.workflowsteps.server.encoding;
