/**
 * What a call has to pay for before it is spent. Uses nothing but the JDK: it knows neither gRPC
 * nor the database, so that its decisions can be read and tested alone.
 */
package dev.workflowsteps.server.admission;
