/**
 * Which calls run, wait or are refused, how long a refusal is held back, and how much memory calls
 * may hold: decided here, before it costs anything. Knows neither gRPC nor the database, and
 * imports nothing of the project; {@code grpc} alone imports it.
 */
package dev.workflowsteps.server.admission;
