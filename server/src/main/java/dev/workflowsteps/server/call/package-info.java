/**
 * What every call has: bounds of its time and of the memory for its answer, and a reason if it
 * fails. Imports nothing of the project; whatever serves or stores something may import it.
 */
package dev.workflowsteps.server.call;
