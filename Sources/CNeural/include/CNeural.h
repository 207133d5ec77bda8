#ifndef CNEURAL_H
#define CNEURAL_H

// Neural networks in ONNX files, run on oneDNN. A network is opened once, planned for the shapes of its inputs, and run.
// No exception and no ownership of memory crosses this header: what a function hands out is freed by its partner here.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What went wrong. Numbers are never used again for another meaning.
typedef enum {
    CNEURAL_OK = 0,
    CNEURAL_UNREADABLE = 1,      ///< the file cannot be read, or is no ONNX
    CNEURAL_UNSUPPORTED = 2,     ///< an operator, attribute or type that this engine lacks
    CNEURAL_BAD_SHAPE = 3,       ///< shapes that do not fit together
    CNEURAL_BAD_INPUT = 4,       ///< an input is missing, unknown or of the wrong rank
    CNEURAL_TOO_LARGE = 5,       ///< more memory than allowed
    CNEURAL_FAULT = 6,           ///< a fault of oneDNN or of ours
} CNeuralCode;

/// A code and one sentence.
typedef struct {
    int32_t code;
    char message[1024];
} CNeuralStatus;

typedef struct {
    int32_t threads;             ///< at least 1
    int32_t bfloat16;            ///< 1: convolutions in bfloat16, where the processor has it
    uint64_t most_bytes;         ///< memory for values of one run; 0: half of the machine's
} CNeuralOptions;

/// An array of float32 in row-major order that someone else owns. Integer inputs are given as whole numbers.
typedef struct {
    const char *name;
    const int64_t *shape;
    int32_t rank;
    const float *values;
} CNeuralArray;

/// A name and a shape; -1 is an axis that is not fixed. Rank -1: not stated.
typedef struct {
    const char *name;
    const int64_t *shape;
    int32_t rank;
} CNeuralPort;

typedef struct CNeuralNetwork CNeuralNetwork;
typedef struct CNeuralPlan CNeuralPlan;

/// Reads a file and checks its operators. NULL when status says why not.
CNeuralNetwork *cneural_open_file(const char *path, CNeuralOptions options, CNeuralStatus *status);
/// The same from bytes, which are copied. Weights in other files are refused.
CNeuralNetwork *cneural_open_bytes(const uint8_t *bytes, size_t count, CNeuralOptions options, CNeuralStatus *status);
void cneural_close(CNeuralNetwork *network);

int32_t cneural_input_count(const CNeuralNetwork *network);
int32_t cneural_output_count(const CNeuralNetwork *network);
int32_t cneural_metadata_count(const CNeuralNetwork *network);
CNeuralPort cneural_input(const CNeuralNetwork *network, int32_t index);
CNeuralPort cneural_output(const CNeuralNetwork *network, int32_t index);
const char *cneural_metadata_key(const CNeuralNetwork *network, int32_t index);
const char *cneural_metadata_value(const CNeuralNetwork *network, int32_t index);

/// Whether the processor multiplies bfloat16.
int32_t cneural_has_bfloat16(void);

/// The plan for these inputs' shapes, made at the first call with them and kept. NULL when status says why not.
/// The network must outlive the plan.
CNeuralPlan *cneural_plan(CNeuralNetwork *network, const CNeuralArray *inputs, int32_t count, CNeuralStatus *status);
void cneural_plan_release(CNeuralPlan *plan);
/// An output's name and shape, all axes known.
CNeuralPort cneural_plan_output(const CNeuralPlan *plan, int32_t index);
/// Runs the network on the inputs that the plan was asked for, and writes each output, row-major, to `outputs[index]`; NULL skips one.
/// Calls on one network wait for each other.
int32_t cneural_run(CNeuralPlan *plan, const CNeuralArray *inputs, int32_t count, float *const *outputs, CNeuralStatus *status);

#ifdef __cplusplus
}
#endif
#endif
