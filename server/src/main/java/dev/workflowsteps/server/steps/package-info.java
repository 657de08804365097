/**
 * The domain: what a step is, how it is asked for, in what order it is answered, and what a storage
 * must do.
 *
 * <p>The generated {@code WorkflowStep} is its step. {@code MessageValidator} checks each field by
 * its options in the proto; {@code StepValidator} holds the rules on a step as a whole, and is the
 * place for one on two fields. Imports {@code call}, {@code encoding}, {@code listing} and {@code
 * text}, nothing else of the server. Sees neither {@code io.grpc} nor {@code java.sql} nor Armeria.
 */
package dev.workflowsteps.server.steps;
