/**
 * What calls may hold and which of them may run: decided here, before it costs anything. Knows
 * neither gRPC nor the database.
 */
package dev.workflowsteps.server.admission;
