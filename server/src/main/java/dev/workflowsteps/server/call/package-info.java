/**
 * What every call has: bounds of its time, and a reason if it fails. Imports nothing of the
 * project; every other package of the server may import it.
 */
package dev.workflowsteps.server.call;
