/** The server: its composition root and the packages it wires together. */
package dev.workflowsteps.server;
