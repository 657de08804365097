/** The settings record and its sources, and how a start fails. Imports nothing of the project. */
package dev.workflowsteps.server.config;
