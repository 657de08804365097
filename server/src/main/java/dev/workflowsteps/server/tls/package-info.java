/**
 * Certificates, private keys and CAs from PEM files, which are read again when they change. Knows
 * neither gRPC nor HTTP: both ports, and the client of an upstream, take them in the JDK's types.
 */
package dev.workflowsteps.server.tls;
