#include "Operators/Operator.h"
#include <unordered_map>

namespace neural {

static const Operator catalogue[] = {
    {"Conv", 2, 0b110, planConvolution},
    {"ConvTranspose", 2, 0b110, planTransposedConvolution},
    {"InstanceNormalization", 3, 0b110, planNormalization},
    {"GroupNormalization", 3, 0b110, planNormalization},
    {"BatchNormalization", 5, 0b11110, planNormalization},
    {"LayerNormalization", 1, 0b110, planLayerNormalization},
    {"Relu", 1, 0, planActivation}, {"LeakyRelu", 1, 0, planActivation}, {"Elu", 1, 0, planActivation}, {"Selu", 1, 0, planActivation},
    {"Celu", 1, 0, planActivation}, {"Gelu", 1, 0, planActivation}, {"Sigmoid", 1, 0, planActivation}, {"HardSigmoid", 1, 0, planActivation},
    {"HardSwish", 1, 0, planActivation}, {"Tanh", 1, 0, planActivation}, {"Softplus", 1, 0, planActivation}, {"Mish", 1, 0, planActivation},
    {"ThresholdedRelu", 1, 0, planActivation}, {"Clip", 1, 0b110, planActivation}, {"Exp", 1, 0, planActivation}, {"Log", 1, 0, planActivation},
    {"Sqrt", 1, 0, planActivation}, {"Reciprocal", 1, 0, planActivation}, {"Neg", 1, 0, planActivation}, {"Abs", 1, 0, planActivation},
    {"Floor", 1, 0, planActivation}, {"Ceil", 1, 0, planActivation}, {"Round", 1, 0, planActivation}, {"Erf", 1, 0, planActivation},
    {"Sign", 1, 0, planActivation}, {"Sin", 1, 0, planActivation}, {"Cos", 1, 0, planActivation},
    {"PRelu", 2, 0, planArithmetic}, {"Add", 2, 0, planArithmetic}, {"Sub", 2, 0, planArithmetic}, {"Mul", 2, 0, planArithmetic}, {"Div", 2, 0, planArithmetic},
    {"Pow", 2, 0, planArithmetic}, {"Min", 1, 0, planArithmetic}, {"Max", 1, 0, planArithmetic}, {"Sum", 1, 0, planArithmetic},
    {"Equal", 2, 0, planArithmetic}, {"Greater", 2, 0, planArithmetic}, {"Less", 2, 0, planArithmetic}, {"Mod", 2, 0, planArithmetic},
    {"Cast", 1, 0, planCast}, {"Where", 3, 0b111, planWhere},
    {"MaxPool", 1, 0, planPooling}, {"AveragePool", 1, 0, planPooling}, {"GlobalAveragePool", 1, 0, planGlobalPooling}, {"GlobalMaxPool", 1, 0, planGlobalPooling},
    {"Concat", 1, 0, planConcat}, {"Split", 1, 0b10, planSplit}, {"Pad", 1, 0b1110, planPad}, {"Slice", 1, 0b11110, planSlice}, {"Gather", 2, 0b10, planGather},
    {"Tile", 2, 0b10, planTile}, {"Expand", 2, 0b10, planExpand}, {"Transpose", 1, 0, planTranspose},
    {"Resize", 1, 0b1110, planResize}, {"Upsample", 1, 0b10, planResize},
    {"Reshape", 1, 0b10, planReshape}, {"Flatten", 1, 0, planReshape}, {"Squeeze", 1, 0b10, planReshape}, {"Unsqueeze", 1, 0b10, planReshape},
    {"Constant", 0, 0, planConstant}, {"ConstantOfShape", 1, 0b1, planConstantOfShape}, {"Range", 3, 0b111, planRange},
    {"Shape", 1, 0, planShape}, {"Size", 1, 0, planShape}, {"Identity", 1, 0, planIdentity}, {"Dropout", 1, 0b110, planIdentity},
    {"ReduceMean", 1, 0b10, planReduce}, {"ReduceSum", 1, 0b10, planReduce}, {"ReduceMax", 1, 0b10, planReduce}, {"ReduceMin", 1, 0b10, planReduce}, {"ReduceProd", 1, 0b10, planReduce},
    {"Softmax", 1, 0, planSoftmax}, {"LogSoftmax", 1, 0, planSoftmax},
    {"MatMul", 2, 0, planMatMul}, {"Gemm", 2, 0, planGemm},
};

const Operator *operatorNamed(const std::string &name) {
    static const auto byName = [] {
        std::unordered_map<std::string, const Operator *> map;
        for (auto &op : catalogue) map[op.name] = &op;
        return map;
    }();
    auto it = byName.find(name);
    return it == byName.end() ? nullptr : it->second;
}

} // namespace neural
