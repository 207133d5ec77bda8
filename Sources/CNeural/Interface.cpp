#include "include/CNeural.h"
#include <cstdio>

// The engine's parts come next; until then every file is refused.
static CNeuralNetwork *refuse(CNeuralStatus *s) { s->code = CNEURAL_FAULT; std::snprintf(s->message, sizeof s->message, "the engine is not built yet"); return nullptr; }
extern "C" {
CNeuralNetwork *cneural_open_file(const char *, CNeuralOptions, CNeuralStatus *s) { return refuse(s); }
CNeuralNetwork *cneural_open_bytes(const uint8_t *, size_t, CNeuralOptions, CNeuralStatus *s) { return refuse(s); }
void cneural_close(CNeuralNetwork *) {}
int32_t cneural_input_count(const CNeuralNetwork *) { return 0; }
int32_t cneural_output_count(const CNeuralNetwork *) { return 0; }
int32_t cneural_metadata_count(const CNeuralNetwork *) { return 0; }
CNeuralPort cneural_input(const CNeuralNetwork *, int32_t) { return {}; }
CNeuralPort cneural_output(const CNeuralNetwork *, int32_t) { return {}; }
const char *cneural_metadata_key(const CNeuralNetwork *, int32_t) { return ""; }
const char *cneural_metadata_value(const CNeuralNetwork *, int32_t) { return ""; }
int32_t cneural_has_bfloat16(void) { return 0; }
CNeuralPlan *cneural_plan(CNeuralNetwork *, const CNeuralArray *, int32_t, CNeuralStatus *) { return nullptr; }
void cneural_plan_release(CNeuralPlan *) {}
CNeuralPort cneural_plan_output(const CNeuralPlan *, int32_t) { return {}; }
int32_t cneural_run(CNeuralPlan *, const CNeuralArray *, int32_t, float *const *, CNeuralStatus *) { return CNEURAL_FAULT; }
}
