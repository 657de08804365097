/**
 * The records of what steps produced: their rules, the use case of writing them, and the interface
 * of their storage.
 */
package dev.workflowsteps.server.artifacts;
