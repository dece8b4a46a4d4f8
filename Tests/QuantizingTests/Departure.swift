/// Where the int8 twin is meant to differ from what `ncnn2int8` writes. `docs/compatibility.md` tells the same list to
/// users.
struct Departure {
    /// The golden case that shows it.
    let golden: String
    /// The layers that come out otherwise; all others must be equal.
    let layers: Set<String>
    let reason: String

    static let all = [
        Departure(
            golden: "dropped-params", layers: ["mem_tagged"],
            reason: "upstream forgets MemoryData's load_type and rewrites the data; ours stay as they are"),
        Departure(
            golden: "edge-values", layers: ["zero_row"],
            reason: "a dead channel gets scale 1 instead of an infinite scale and weights of -127"),
        Departure(
            golden: "edge-values", layers: ["nan_inf"],
            reason: "a layer with NaN or infinite weights stays float instead of holding -127 for them"),
        Departure(
            golden: "edge-values", layers: ["huge", "tiny"],
            reason: "products beyond 32 bits saturate by their sign; x86 upstream turns all of them into -127"),
        Departure(
            golden: "edge-values", layers: ["halves"],
            reason: "0.49999997 rounds to 0, as in upstream's reference code and on Arm; x86 upstream makes it 1"),
        Departure(
            golden: "edge-values", layers: ["fp16_store", "tail1", "tail2", "tail3"],
            reason: "a layer with a value beyond 65504 keeps its fp32 instead of storing infinity"),
        Departure(
            golden: "param-digits", layers: ["c1", "c2"],
            reason: "numbers of more than nine digits keep them; upstream reads them modulo 2^32 and writes that"),
        Departure(
            golden: "edge-zero-channel", layers: ["c3", "dw"],
            reason: "dead channels get scale 1 instead of infinity"),
        Departure(
            golden: "edge-zero-channel", layers: ["c1"],
            reason: "a layer with a NaN weight stays float"),
        Departure(
            golden: "fuse-split-different-scales", layers: ["c1"],
            reason: "requantization is fused through Split only where all readers want the same scale"),
        Departure(
            golden: "gemm",
            layers: ["cb_tb1", "cb_ta1", "cb_outT", "call", "cb_c0", "cb_c1", "cb_c3"],
            reason: "the scale of a constant B with transB=1 covers the whole matrix, not its first row"),
        Departure(
            golden: "odd-layer-names", layers: ["conv_param_0_x"],
            reason: "a layer whose name contains _param_ is quantized"),
        Departure(
            golden: "recurrent-partial-table", layers: ["gru2", "gru3"],
            reason: "static scales that the table lacks follow from the weights; upstream gives up on all later layers"),
        Departure(
            golden: "table-blank-line", layers: ["conv1", "conv2", "conv3", "fc"],
            reason: "a blank line does not end the table"),
        Departure(
            golden: "table-missing-weight", layers: ["conv3"],
            reason: "a layer without its weight row stays float alone; upstream gives up on all later layers"),
        Departure(
            golden: "table-syntax", layers: ["conv3"],
            reason: "a word that is no number keeps its layer float; upstream repeats the number before it"),
        Departure(
            golden: "tiny-transformer", layers: ["gemm_0", "gemm_1", "gemm_2", "gemm_3", "gemm_4", "gemm_5"],
            reason: "the scale of a constant B with transB=1 covers the whole matrix, not its first row"),
    ]

    /// The golden cases that are refused, with what is said. Upstream goes on and writes what cannot be read.
    static let refused = [
        "already-int8": "model.param:4: layer c1: already int8: int8_scale_term is 102, wanted the float model",
        "already-int8-dw": "model.param:5: layer dw: already int8: int8_scale_term is 1, wanted the float model",
        "int8-term-fp32-weights": "model.param:4: layer c1: already int8: int8_scale_term is 2, wanted the float model",
        "sdpa-already-int8": "model.param:10: layer plain: already int8: int8_scale_term is 2, wanted the float model",
        "reject-id-32": "model.param:4: layer r1: param id 32 is out of range, ncnn has 0 to 31",
        "reject-long-token":
            "model.param:4: layer r1: the value '0.12345678901234567' of param 0 has 19 characters, ncnn reads at most 15",
        "reject-minus-inf": "model.param:4: layer r1: '-inf' of param 0 is no 32-bit integer",
        "reject-negative-id": "model.param:4: layer r1: param id -1 is out of range, ncnn has 0 to 31",
    ]

    /// The golden cases where upstream's own output cannot be read back, so that there is nothing to compare with.
    static let withoutExpectation: Set = ["recurrent-no-table", "reject-argmax", "table-too-many-scales"]
}
