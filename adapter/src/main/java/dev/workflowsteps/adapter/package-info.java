/** The command line, and the composition root of a process that speaks REST. */
package dev.workflowsteps.adapter;
